"""Sends clips to a KServe v2 server as Triton's clients do and prints what comes back.

usage: kserve_infer.py STUBS ADDRESS MODEL     STUBS: where grpc_tools.protoc has written open_inference_pb2*.py
"""
import struct
import sys

import grpc

sys.path.insert(0, sys.argv[1])
import open_inference_pb2 as pb  # noqa: E402
import open_inference_pb2_grpc as rpc  # noqa: E402

with grpc.insecure_channel(sys.argv[2]) as channel:
    stub = rpc.GRPCInferenceServiceStub(channel)
    print(stub.ServerReady(pb.ServerReadyRequest()).ready, stub.ModelReady(pb.ModelReadyRequest(name=sys.argv[3])).ready)
    metadata = stub.ModelMetadata(pb.ModelMetadataRequest(name=sys.argv[3]))
    tensor = metadata.inputs[0]
    print(metadata.name, list(metadata.versions), tensor.name, tensor.datatype, list(tensor.shape))
    config = stub.ModelConfig(pb.ModelConfigRequest(name=sys.argv[3])).config
    print(config.max_batch_size, list(config.input[0].dims), list(config.output[0].dims))
    shape = [2, *tensor.shape[1:]]
    clips = bytes([80, 0, 0]) * (16 * 112 * 112) + bytes([0, 0, 160]) * (16 * 112 * 112)
    request = pb.ModelInferRequest(model_name=sys.argv[3], id="one", raw_input_contents=[clips])
    request.inputs.add(name="clip", datatype="UINT8", shape=shape)
    request.outputs.add(name="logits")
    request.outputs.add(name="scores").parameters["classification"].int64_param = 1
    answer = stub.ModelInfer(request)
    print(answer.id, answer.model_version, [round(v, 2) for v in struct.unpack("<6f", answer.raw_output_contents[0])])
    texts, rest = [], answer.raw_output_contents[1]
    while rest:
        (length,) = struct.unpack_from("<I", rest)
        texts.append(rest[4 : 4 + length].decode())
        rest = rest[4 + length :]
    print([text.split(":", 1)[1] for text in texts])
    statistics = stub.ModelStatistics(pb.ModelStatisticsRequest(name=sys.argv[3])).model_stats[0]
    print(statistics.inference_count, statistics.inference_stats.success.count)
    request.inputs[0].shape[1] = 8
    try:
        stub.ModelInfer(request)
    except grpc.RpcError as error:
        print(error.code().name, error.details())
