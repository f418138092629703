"""A graph of cases: `build` makes it in a folder, `derive` adds what follows, `folder` says what lies there, `opened` asks it."""
