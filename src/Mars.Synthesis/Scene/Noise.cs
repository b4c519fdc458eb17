using System.Runtime.InteropServices;
using OpenCvSharp;

namespace Mars.Synthesis.Scene;

/// <summary>Noise from a seeded generator: OpenCV's own is one for all threads, so that the same seed would give other pictures each time.</summary>
internal static class Noise
{
    /// <summary>A 16-bit signed picture of three channels, about normal (the sum of four uniforms), with a standard deviation in grey levels.</summary>
    public static Mat Make(Random random, int width, int height, double deviation)
    {
        var values = new short[width * height * 3];
        var bytes = new byte[values.Length * 4];
        random.NextBytes(bytes);
        // Four uniform bytes have a standard deviation of 2 * 256 / sqrt(12) = 147.8.
        for (var i = 0; i < values.Length; i++)
            values[i] = (short)Math.Round((bytes[4 * i] + bytes[(4 * i) + 1] + bytes[(4 * i) + 2] + bytes[(4 * i) + 3] - 510) * deviation / 147.8);
        var noise = new Mat(height, width, MatType.CV_16SC3);
        Marshal.Copy(values, 0, noise.Data, values.Length);
        return noise;
    }
}
