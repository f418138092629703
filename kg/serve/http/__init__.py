"""HTTP itself: connections with limits for every client, requests in and answers out as ASGI, media types, the access log."""
