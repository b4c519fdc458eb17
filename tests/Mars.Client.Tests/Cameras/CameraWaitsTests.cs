using Mars.Client.Cameras;

namespace Mars.Client.Tests.Cameras;

public sealed class CameraWaitsTests
{
    [Theory]
    [InlineData(false, new[] { 1, 2, 4, 8, 16, 30, 30, 30 })]
    [InlineData(true, new[] { 60, 120, 240, 480, 600, 600, 600, 600 })]
    public void Next_FailureAfterFailure_GrowsToItsLimit(bool refused, int[] seconds)
    {
        var waits = new CameraWaits();

        Assert.Equal(seconds, seconds.Select(_ => (int)waits.Next(refused ? FaultKind.Refused : FaultKind.Lost).TotalSeconds));
        Assert.Equal(seconds.Length, waits.Attempts);
    }

    [Fact]
    public void Next_RefusedBetweenOtherFaults_StaysAtItsOwnWait()
    {
        var waits = new CameraWaits();
        FaultKind[] faults = [FaultKind.Refused, FaultKind.Lost, FaultKind.Refused, FaultKind.Lost];

        Assert.Equal([60, 1, 120, 2], faults.Select(f => waits.Next(f).TotalSeconds));
    }

    [Fact]
    public void Reset_BeginsAnew()
    {
        var waits = new CameraWaits();
        waits.Next(FaultKind.Lost);
        waits.Next(FaultKind.Lost);
        waits.Reset();

        Assert.Equal((0, TimeSpan.FromSeconds(1)), (waits.Attempts, waits.Next(FaultKind.Lost)));
    }
}
