using System.Drawing;

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

    private readonly Dictionary<(int Input, int Output), ResizeTable> _tables = [];
    private byte[] _rows = [];
    private int[] _sums = [];

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
        var horizontal = Table(source.Width, width);
        var vertical = Table(source.Height, height);
        var firstRow = vertical.First[window.Top];
        var lastRow = vertical.First[window.Bottom - 1] + vertical.Count[window.Bottom - 1];
        var rowBytes = window.Width * source.Channels;
        if (_rows.Length < (lastRow - firstRow) * rowBytes)
            _rows = new byte[(lastRow - firstRow) * rowBytes];
        if (_sums.Length < rowBytes)
            _sums = new int[rowBytes];

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
            SumRows(_rows.AsSpan(start), rowBytes, vertical.Weights(window.Top + y), _sums.AsSpan(0, rowBytes), destination.Slice(y * rowBytes, rowBytes));
        }
    }

    private static void ShrinkRow3(ReadOnlySpan<byte> row, ResizeTable table, int left, Span<byte> target)
    {
        for (var x = 0; x < target.Length / 3; x++)
        {
            var weights = table.Weights(left + x);
            var pixels = row.Slice(table.First[left + x] * 3, weights.Length * 3);
            int red = Half, green = Half, blue = Half;
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = weights[k];
                red += pixels[3 * k] * weight;
                green += pixels[(3 * k) + 1] * weight;
                blue += pixels[(3 * k) + 2] * weight;
            }
            target[3 * x] = ToByte(red);
            target[(3 * x) + 1] = ToByte(green);
            target[(3 * x) + 2] = ToByte(blue);
        }
    }

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

    // Row by row, so that the inner loop runs along memory and the compiler's vectors apply.
    private static void SumRows(ReadOnlySpan<byte> rows, int rowBytes, ReadOnlySpan<int> weights, Span<int> sums, Span<byte> target)
    {
        sums.Fill(Half);
        for (var k = 0; k < weights.Length; k++)
        {
            var weight = weights[k];
            var row = rows.Slice(k * rowBytes, sums.Length);
            for (var i = 0; i < sums.Length; i++)
                sums[i] += row[i] * weight;
        }
        for (var i = 0; i < target.Length; i++)
            target[i] = ToByte(sums[i]);
    }

    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> ResizeTable.FractionBits, 0, 255);

    private ResizeTable Table(int input, int output)
    {
        if (_tables.TryGetValue((input, output), out var table))
            return table;
        if (_tables.Count >= MaxTables)
            _tables.Clear();
        return _tables[(input, output)] = new ResizeTable(input, output);
    }
}
