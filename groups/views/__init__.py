"""Pages of groups, one file for each kind of reader."""
