"""What tests share: files that they write, and programs that open what the tool wrote."""
