"""The command line: parse options, call the library, hand the result to a renderer."""
