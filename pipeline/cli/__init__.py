"""EDGE: the command line. Flags in, progress and tables out; what is done stands elsewhere."""
