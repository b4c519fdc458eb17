using System.Drawing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mars.Inference.Preprocessing;

/// <summary>
/// PIL's antialiased BILINEAR resize, equal to it bit for bit: MARS was trained on its pictures, and OpenCV's INTER_LINEAR, which does not antialias,
/// gives others. Horizontal pass first, rounded to 8 bits, then vertical (Pillow, src/libImaging/Resample.c). Keeps its tables and its
/// intermediate rows from call to call, so one instance belongs to one thread.
/// </summary>
public sealed class BilinearResizer
{
    private const int Half = 1 << (ResizeTable.FractionBits - 1);

    // A camera has one size; a trainer's random crops have a few dozen. Past this the tables are made anew.
    private const int MaxTables = 512;

    private readonly Dictionary<(int Input, int Output, double Extent), ResizeTable> _tables = [];
    private byte[] _rows = [];

    /// <summary>Resizes the whole image to <paramref name="width"/> x <paramref name="height"/>.</summary>
    /// <param name="source">The image.</param>
    /// <param name="width">Pixels a row of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="destination">width * height * channels bytes, rows without padding.</param>
    public void Resize(ImageView source, int width, int height, Span<byte> destination) =>
        Resize(source, width, height, new Rectangle(0, 0, width, height), destination);

    /// <summary>Resizes to <paramref name="width"/> x <paramref name="height"/> but computes only <paramref name="window"/> of the result.</summary>
    /// <param name="source">The image.</param>
    /// <param name="width">Pixels a row of the whole result.</param>
    /// <param name="height">Rows of the whole result.</param>
    /// <param name="window">The part of the result that is wanted, in its pixels.</param>
    /// <param name="destination">window.Width * window.Height * channels bytes, rows without padding.</param>
    public void Resize(ImageView source, int width, int height, Rectangle window, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, window.Width * window.Height * source.Channels, nameof(destination));
        ArgumentOutOfRangeException.ThrowIfNegative(window.X);
        ArgumentOutOfRangeException.ThrowIfNegative(window.Y);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window.Right, width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window.Bottom, height);
        var horizontal = Table(source.Width, width, source.Extent.Width);
        var vertical = Table(source.Height, height, source.Extent.Height);
        var firstRow = vertical.First[window.Top];
        var lastRow = vertical.First[window.Bottom - 1] + vertical.Count[window.Bottom - 1];
        var rowBytes = window.Width * source.Channels;
        if (_rows.Length < (lastRow - firstRow) * rowBytes)
            _rows = new byte[(lastRow - firstRow) * rowBytes];

        for (var y = firstRow; y < lastRow; y++)
        {
            var target = _rows.AsSpan((y - firstRow) * rowBytes, rowBytes);
            if (source.Channels == 3)
                ShrinkRow3(source.Row(y), horizontal, window.Left, target);
            else
                ShrinkRow(source.Row(y), source.Channels, horizontal, window.Left, target);
        }
        for (var y = 0; y < window.Height; y++)
        {
            var start = (vertical.First[window.Top + y] - firstRow) * rowBytes;
            SumRows(_rows.AsSpan(start), rowBytes, vertical.Weights(window.Top + y), destination.Slice(y * rowBytes, rowBytes));
        }
    }

    // The three colours of a pixel, and one byte of the next, are the four lanes of a vector.
    private static void ShrinkRow3(ReadOnlySpan<byte> row, ResizeTable table, int left, Span<byte> target)
    {
        ref var first = ref MemoryMarshal.GetReference(row);
        var inRow = (row.Length - sizeof(uint)) / 3; // the last pixel that four bytes can be read at
        for (var x = 0; x < target.Length / 3; x++)
        {
            var weights = table.Weights(left + x);
            var start = table.First[left + x];
            var whole = Math.Min(weights.Length, inRow - start + 1);
            var sums = Vector128.Create(Half);
            var k = 0;
            for (; k < whole; k++)
                sums += Pixel(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, (start + k) * 3))) * weights[k];
            for (; k < weights.Length; k++)
            {
                var pixel = row.Slice((start + k) * 3, 3);
                sums += Vector128.Create(pixel[0], pixel[1], pixel[2], 0) * weights[k];
            }
            sums = ToBytes(sums);
            target[3 * x] = (byte)sums.GetElement(0);
            target[(3 * x) + 1] = (byte)sums.GetElement(1);
            target[(3 * x) + 2] = (byte)sums.GetElement(2);
        }
    }

    private static Vector128<int> Pixel(uint bytes) => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(bytes).AsByte())).AsInt32();

    private static Vector128<int> ToBytes(Vector128<int> sums) =>
        Vector128.Min(Vector128.Max(sums >> ResizeTable.FractionBits, Vector128<int>.Zero), Vector128.Create(255));

    private static void ShrinkRow(ReadOnlySpan<byte> row, int channels, ResizeTable table, int left, Span<byte> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            var (x, channel) = Math.DivRem(i, channels);
            var weights = table.Weights(left + x);
            var first = (table.First[left + x] * channels) + channel;
            var sum = Half;
            for (var k = 0; k < weights.Length; k++)
                sum += row[first + (k * channels)] * weights[k];
            target[i] = ToByte(sum);
        }
    }

    // Sixteen columns at a time, down all rows that they need.
    private static void SumRows(ReadOnlySpan<byte> rows, int rowBytes, ReadOnlySpan<int> weights, Span<byte> target)
    {
        ref var first = ref MemoryMarshal.GetReference(rows[..(((weights.Length - 1) * rowBytes) + target.Length)]);
        var i = 0;
        for (; i <= target.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            Vector128<int> a = Vector128.Create(Half), b = a, c = a, d = a;
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = Vector128.Create(weights[k]);
                var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref first, (nuint)((k * rowBytes) + i)));
                var (a4, b4) = Vector128.Widen(low);
                var (c4, d4) = Vector128.Widen(high);
                a += a4.AsInt32() * weight;
                b += b4.AsInt32() * weight;
                c += c4.AsInt32() * weight;
                d += d4.AsInt32() * weight;
            }
            Vector128.Narrow(
                Vector128.Narrow(ToBytes(a), ToBytes(b)).AsUInt16(),
                Vector128.Narrow(ToBytes(c), ToBytes(d)).AsUInt16()).CopyTo(target[i..]);
        }
        for (; i < target.Length; i++)
        {
            var sum = Half;
            for (var k = 0; k < weights.Length; k++)
                sum += rows[(k * rowBytes) + i] * weights[k];
            target[i] = ToByte(sum);
        }
    }

    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> ResizeTable.FractionBits, 0, 255);

    private ResizeTable Table(int input, int output, double extent)
    {
        if (_tables.TryGetValue((input, output, extent), out var table))
            return table;
        if (_tables.Count >= MaxTables)
            _tables.Clear();
        return _tables[(input, output, extent)] = new ResizeTable(input, output, extent);
    }
}
