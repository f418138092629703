"""How texts are searched: word lists, patterns that are tried only where a word can open them, and cheap tests before them."""
