"""The server's side of its workers: which process takes which task and when, in lanes, so that short queries never wait for long ones."""
