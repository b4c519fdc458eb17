"""A camera in Python: streams what ffmpeg reads (a file, an RTSP address) to Mars, prints predictions and events, and comes back when the connection breaks.

usage: watch_camera.py SOURCE [--server HOST:PORT] [--camera NAME] [--every-window] [--ca FILE]; its key, if it needs one, in MARS_API_KEY

Needs grpcio, the program ffmpeg, and the stubs of protos/mars/v1/recognition.proto on PYTHONPATH; docs/python.md says how.
"""
import argparse
import collections
import os
import random
import subprocess
import sys
import threading
import time

import grpc
from mars.v1 import recognition_pb2 as pb
from mars.v1 import recognition_pb2_grpc as rpc

RATE = 25  # frames a second that are sent; the model's own rate
LIVE_KEPT = RATE  # a second of frames: enough to fill the window of a new connection
MOST_KEPT = 512  # every-window: frames without an answer; then the source waits
GONE = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL}


def pictures(source, live):
    """JPEG pictures of a source, at RATE; live ones at their own pace."""
    pace = ["-re"] if live and "://" not in source else []
    ffmpeg = ["ffmpeg", "-v", "error", *pace, "-i", source, "-vf", f"fps={RATE}", "-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "3", "-"]
    with subprocess.Popen(ffmpeg, stdout=subprocess.PIPE) as process:
        rest = b""
        while data := process.stdout.read1(1 << 16):
            rest += data
            while (end := rest.find(b"\xff\xd9")) >= 0:  # end of image; inside a picture these two bytes never meet
                yield rest[: end + 2]
                rest = rest[end + 2 :]


class Camera:
    """The frames that would have to be sent again if the connection broke now. One thread adds, gRPC's sends, the main one reads answers."""

    def __init__(self, name, every_window):
        self.name, self.every_window = name, every_window
        self.kept = collections.deque()
        self.sent = 0  # of those, on the present connection
        self.finished = False  # the source has no more
        self.resume_after, self.resume_position = 0, None  # last frame that was answered, and its window's place on the model's clock
        self.changed = threading.Condition()

    def fill(self, source):
        start = time.time_ns()
        for sequence, picture in enumerate(pictures(source, not self.every_window), start=1):
            frame = pb.Frame(sequence=sequence, data=picture)
            frame.capture_time.FromNanoseconds(start + (sequence - 1) * 1_000_000_000 // RATE if self.every_window else time.time_ns())
            with self.changed:
                if self.every_window:
                    self.changed.wait_for(lambda: len(self.kept) < MOST_KEPT)
                self.kept.append(frame)
                while not self.every_window and len(self.kept) > LIVE_KEPT:
                    self.forget_oldest()
                self.changed.notify_all()
        with self.changed:
            self.finished = True
            self.changed.notify_all()

    def messages(self, over):
        """What one connection sends: how the stream is opened, then frames, those first that the server may have lost."""
        with self.changed:
            self.sent = 0
            mode = pb.DELIVERY_MODE_EVERY_WINDOW if self.every_window else pb.DELIVERY_MODE_LIVE
            opening = pb.OpenStream(camera_id=self.name, mode=mode, events=pb.EventOptions(), resume_after=self.resume_after, resume_position=self.resume_position)
        yield pb.RecognizeStreamRequest(open=opening)
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.sent < len(self.kept) or self.finished or over.is_set())
                if over.is_set() or self.sent == len(self.kept):
                    return
                frame = self.kept[self.sent]
                self.sent += 1
                frame.replay = frame.sequence <= self.resume_after
            yield pb.RecognizeStreamRequest(frame=frame)

    def answered(self, prediction):
        """Nothing before the first frame of an answered window is needed any more; its own frames are part of the next ones."""
        with self.changed:
            self.resume_after, self.resume_position = prediction.last_sequence, prediction.position
            while self.every_window and self.kept[0].sequence < prediction.first_sequence:
                self.forget_oldest()
            self.changed.notify_all()

    def forget_oldest(self):
        self.kept.popleft()
        self.sent = max(0, self.sent - 1)

    def ended(self, over):
        """The connection is over. Returns whether everything was sent."""
        with self.changed:
            over.set()
            self.changed.notify_all()
            return self.finished and self.sent == len(self.kept)


def show(reply):
    if reply.HasField("prediction") and reply.prediction.actions:
        best = reply.prediction.actions[0]
        print(f"{reply.prediction.last_sequence:6} {best.label} {best.score:.2f}", flush=True)
    elif reply.HasField("event"):
        event = reply.event
        print(f"       {event.label} {'begins' if event.phase == pb.ActionEvent.PHASE_STARTED else 'is over'}, {event.start_time.ToJsonString()}", flush=True)
    elif reply.HasField("notice"):
        print(f"       ({reply.notice.detail})", file=sys.stderr)


def watch(stub, camera, key):
    delay = 0.2
    while True:
        over = threading.Event()
        try:
            for reply in stub.RecognizeStream(camera.messages(over), metadata=[("x-api-key", key)] if key else None):
                show(reply)
                if reply.HasField("prediction"):
                    camera.answered(reply.prediction)
                    delay = 0.2
            if camera.ended(over):
                return
        except grpc.RpcError as error:
            camera.ended(over)
            if error.code() not in GONE:
                sys.exit(f"the server says {error.code().name}: {error.details()}")
            print(f"       connection lost ({error.details()}), again in {delay:.1f} s", file=sys.stderr)
        time.sleep(delay * random.uniform(0.5, 1))
        delay = min(2 * delay, 10)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source")
    parser.add_argument("--server", default="127.0.0.1:5150")
    parser.add_argument("--camera", default="python")
    parser.add_argument("--every-window", action="store_true", help="leave no window out, and read a file as fast as the server answers")
    parser.add_argument("--ca", help="PEM file of the authority of the server's certificate: the connection is TLS")
    arguments = parser.parse_args()
    key = os.environ.get("MARS_API_KEY")
    if key and not arguments.ca and not arguments.server.startswith(("127.0.0.1:", "localhost:")):
        sys.exit("a key goes over TLS alone: give --ca FILE")
    camera = Camera(arguments.camera, arguments.every_window)
    threading.Thread(target=camera.fill, args=[arguments.source], daemon=True).start()
    # A sign of life every two seconds: a connection that says nothing any more is found out.
    options = [("grpc.keepalive_time_ms", 2000), ("grpc.keepalive_timeout_ms", 5000), ("grpc.http2.max_pings_without_data", 0), ("grpc.max_reconnect_backoff_ms", 1000)]
    if arguments.ca:
        with open(arguments.ca, "rb") as file:
            channel = grpc.secure_channel(arguments.server, grpc.ssl_channel_credentials(file.read()), options)
    else:
        channel = grpc.insecure_channel(arguments.server, options)
    with channel:
        watch(rpc.ActionRecognitionStub(channel), camera, key)
