"""The command line `liyan`: one module a group of verbs."""
