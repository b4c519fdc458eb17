using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Mars.Server.Errors;

/// <summary>The only place where an error gets its gRPC status.</summary>
internal static class RpcErrors
{
    public static RpcException Invalid(string field, string description) => Invalid([(field, description)]);

    public static RpcException Invalid(IReadOnlyCollection<(string Field, string Description)> violations)
    {
        var request = new BadRequest();
        foreach (var (field, description) in violations)
            request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = field, Description = description });
        return Make(Code.InvalidArgument, string.Join("; ", violations.Select(v => $"{v.Field}: {v.Description}")), request);
    }

    public static RpcException ModelNotFound(string name, IEnumerable<string> loaded) =>
        Make(Code.NotFound, $"no model is named '{name}'; there are: {string.Join(", ", loaded)}");

    public static RpcException Full(string what, TimeSpan retry) =>
        Make(Code.ResourceExhausted, what, new RetryInfo { RetryDelay = Duration.FromTimeSpan(retry) });

    public static RpcException NotReady() =>
        Make(Code.Unavailable, "the models are still being loaded", new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) });

    public static RpcException Draining() => Make(Code.Unavailable, "this server is stopping: connect elsewhere");

    public static RpcException ModelChanged() => Make(Code.Unavailable, "the model takes other clips now: open the stream again");

    public static RpcException Replaced(string camera) => Make(Code.Aborted, $"camera '{camera}' has been opened again by another connection");

    public static RpcException ClientGone() => Make(Code.Cancelled, "the client has reset its call or lost its connection");

    public static RpcException Unauthenticated(string why) => Make(Code.Unauthenticated, why);

    public static RpcException AccessEnded() => Unauthenticated("the key was withdrawn, or the token has run out: call again with another");

    public static RpcException Idle(TimeSpan silence) => Make(Code.DeadlineExceeded, $"no frame came for {silence.TotalSeconds:0.#} s: open the stream again when there are some");

    public static RpcException Forbidden(string why) => Make(Code.PermissionDenied, why);

    public static RpcException ReloadFailed(string reason) => Make(Code.FailedPrecondition, $"nothing was changed: {reason}");

    public static RpcException RunFailed() => Make(Code.Internal, "the model failed on this input; the server's log says why");

    private static RpcException Make(Code code, string message, Google.Protobuf.IMessage? detail = null)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        if (detail is not null)
            status.Details.Add(Any.Pack(detail));
        return status.ToRpcException();
    }
}
