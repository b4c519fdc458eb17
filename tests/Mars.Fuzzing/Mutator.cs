namespace Mars.Fuzzing;

/// <summary>Makes input number I from a seed: always the same one.</summary>
internal static class Mutator
{
    private const int MaxLength = 1 << 20;
    private static readonly byte[] Interesting = [0, 1, 0x7f, 0x80, 0xff, 0xfe, (byte)'.', (byte)'"', (byte)'/', 0x10, 0x20];

    public static byte[] Make(IReadOnlyList<byte[]> samples, int seed, int number)
    {
        var random = new Random(HashCode(seed, number));
        var bytes = samples[random.Next(samples.Count)].ToList();
        for (var left = 1 << random.Next(5); left > 0; left--)
            Change(bytes, samples, random);
        return [.. bytes.Take(MaxLength)];
    }

    private static void Change(List<byte> bytes, IReadOnlyList<byte[]> samples, Random random)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }
        var at = random.Next(bytes.Count);
        var length = Math.Min(bytes.Count - at, 1 + random.Next(1 << random.Next(1, 10)));
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes[at] = Interesting[random.Next(Interesting.Length)];
                break;
            case 3: // a size or an offset that lies
                var lie = BitConverter.GetBytes(random.Next(3) switch { 0 => int.MaxValue, 1 => -random.Next(1, 9), _ => random.Next() });
                for (var i = 0; i < Math.Min(4, bytes.Count - at); i++)
                    bytes[at + i] = lie[i];
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 6:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 7: // a part of another
                var other = samples[random.Next(samples.Count)];
                if (other.Length > 0)
                {
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + length)]);
                }
                break;
            default:
                for (var i = 0; i < length; i++)
                    bytes[at + i] = (byte)random.Next(256);
                break;
        }
    }

    // Not System.HashCode, which differs from process to process.
    private static int HashCode(int seed, int number) => unchecked((int)((((uint)seed * 0x9e3779b9u) ^ (uint)number) * 0x85ebca6bu));
}
