"""The parts of `bench sending`: a sink, and those who send into it as processes of their own."""
