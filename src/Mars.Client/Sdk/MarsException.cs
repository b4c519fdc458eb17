using Google.Rpc;
using Grpc.Core;

namespace Mars.Client;

/// <summary>The server refused a call, or could not be reached. <see cref="Exception.Message"/> is meant for people.</summary>
public sealed class MarsException : Exception
{
    public MarsException()
        : this("the call failed")
    {
    }

    public MarsException(string message)
        : this(message, null)
    {
    }

    public MarsException(string message, Exception? innerException)
        : this(StatusCode.Unknown, message, [], innerException)
    {
    }

    private MarsException(StatusCode status, string message, IReadOnlyList<FieldViolation> violations, Exception? inner)
        : base(message, inner)
    {
        Status = status;
        Violations = violations;
    }

    /// <summary>The gRPC status.</summary>
    public StatusCode Status { get; }

    /// <summary>What is wrong with which field of the request.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; }

    internal static MarsException From(RpcException error)
    {
        var details = error.GetRpcStatus()?.GetDetail<BadRequest>();
        FieldViolation[] violations = [.. details?.FieldViolations.Select(v => new FieldViolation(v.Field, v.Description)) ?? []];
        var message = string.IsNullOrEmpty(error.Status.Detail) ? $"the server answered {error.StatusCode}" : error.Status.Detail;
        foreach (var violation in violations.Where(v => !message.Contains(v.Description, StringComparison.Ordinal)))
            message += $"; {violation}";
        return new MarsException(error.StatusCode, message, violations, error);
    }
}
