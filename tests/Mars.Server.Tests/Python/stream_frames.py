"""Streams the JPEG files of a folder to Mars as a camera of 25 frames a second and prints one line a window: LAST_SEQUENCE LABEL SCORE.

usage: stream_frames.py STUBS ADDRESS FOLDER     STUBS: where grpc_tools.protoc has written mars/v1/recognition_pb2*.py
"""
import pathlib
import sys

import grpc

sys.path.insert(0, sys.argv[1])
from mars.v1 import recognition_pb2 as pb  # noqa: E402
from mars.v1 import recognition_pb2_grpc as rpc  # noqa: E402


def messages(folder):
    yield pb.RecognizeStreamRequest(open=pb.OpenStream(camera_id="python", stride=4, mode=pb.DELIVERY_MODE_EVERY_WINDOW))
    for sequence, path in enumerate(sorted(folder.glob("*.jpg")), start=1):
        frame = pb.Frame(sequence=sequence, data=path.read_bytes())
        frame.capture_time.FromMilliseconds(1_700_000_000_000 + 40 * sequence)
        yield pb.RecognizeStreamRequest(frame=frame)


with grpc.insecure_channel(sys.argv[2]) as channel:
    for reply in rpc.ActionRecognitionStub(channel).RecognizeStream(messages(pathlib.Path(sys.argv[3]))):
        if reply.HasField("prediction"):
            best = reply.prediction.actions[0]
            print(reply.prediction.last_sequence, best.label, f"{best.score:.4f}")
        elif reply.HasField("notice"):
            print("notice:", reply.notice.detail, file=sys.stderr)
