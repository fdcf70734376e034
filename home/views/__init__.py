"""Pages made of everybody's panels, and the plain text pages."""
