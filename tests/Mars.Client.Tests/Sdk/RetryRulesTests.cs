using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Mars.Client.Tests.Sdk;

public sealed class RetryRulesTests
{
    [Theory]
    [InlineData(StatusCode.Unavailable, true)]
    [InlineData(StatusCode.Cancelled, true)]
    [InlineData(StatusCode.InvalidArgument, false)]
    [InlineData(StatusCode.NotFound, false)]
    [InlineData(StatusCode.Unauthenticated, false)]
    [InlineData(StatusCode.PermissionDenied, false)]
    [InlineData(StatusCode.ResourceExhausted, false)]
    [InlineData(StatusCode.Aborted, false)]
    [InlineData(StatusCode.Internal, false)]
    public void IsTransient_Status_AsDocumented(StatusCode status, bool expected) =>
        Assert.Equal(expected, RetryRules.IsTransient(new RpcException(new Grpc.Core.Status(status, "x"))));

    [Fact]
    public void IsTransient_BrokenConnection_Yes() =>
        Assert.True(RetryRules.IsTransient(new RpcException(new Grpc.Core.Status(StatusCode.Internal, "x", new InvalidOperationException("", new IOException("reset"))))));

    [Fact]
    public void IsTransient_FullServerThatSaysWhen_YesAndThen()
    {
        var status = new Google.Rpc.Status { Code = (int)Code.ResourceExhausted, Details = { Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)) }) } };

        var error = status.ToRpcException();

        Assert.True(RetryRules.IsTransient(error));
        Assert.Equal(TimeSpan.FromSeconds(5), RetryRules.RetryDelay(error));
    }
}
