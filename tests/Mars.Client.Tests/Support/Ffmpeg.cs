namespace Mars.Client.Tests.Support;

internal static class Ffmpeg
{
    public static void SkipWithout() => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "ffmpeg"))), "ffmpeg is not on this machine");
}
