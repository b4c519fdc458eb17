"""Receives Mars's webhooks: checks each signature, throws away what comes twice, and prints one line an event.

usage: webhook_receiver.py SECRET_FILE [PORT]     answers on http://127.0.0.1:PORT/ (8080)
"""
import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import sys
import time

MAX_AGE = 5 * 60  # seconds; an older message may be a copy that somebody has kept

secret = pathlib.Path(sys.argv[1]).read_text().rstrip("\r\n")
key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
seen = {}  # ids of messages; a real receiver keeps them where they outlive it


def verify(headers, body):
    """Raises ValueError unless the message is from Mars, and new."""
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # Several signatures may come, with a space between, while a secret is being changed.
    if not any(hmac.compare_digest(expected, given) for given in headers.get("webhook-signature", "").split()):
        raise ValueError("the signature is wrong")
    if abs(time.time() - int(headers["webhook-timestamp"])) > MAX_AGE:
        raise ValueError("the message is too old")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            verify(self.headers, body)
        except (ValueError, KeyError, AttributeError) as fault:
            return self.answer(401, str(fault))
        if self.headers["webhook-id"] not in seen:
            seen[self.headers["webhook-id"]] = True
            event = json.loads(body)
            print(event["camera"], event["label"], event["phase"], f"{event['score']:.2f}", flush=True)
        return self.answer(204, "")  # only now does Mars forget the event

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 8080), Handler).serve_forever()
