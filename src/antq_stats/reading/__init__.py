"""Files to returns: discover, open, locate, coerce, resolve, receive; standard library and calamine only."""
