using System.Text;
using Mars.Trainer.Checkpoints;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Checkpoints;

public sealed class TorchCheckpointTests
{
    private static readonly (string, long[], float[])[] Tensors = [("module.conv1.weight", [2, 3], [1, 2, 3, 4, 5, 6]), ("module.fc.bias", [2], [-1, 0.5f])];

    public static TheoryData<string> Containers => ["legacy", "zip"];

    [Theory]
    [MemberData(nameof(Containers))]
    public void Read_OfWhatTorchSaves_GivesTheStateDictWithoutModule(string container)
    {
        using var scope = NewDisposeScope();
        var read = Read(Make(container));
        Assert.Equal(["conv1.weight", "fc.bias"], read.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([2, 3], read["conv1.weight"].shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], read["conv1.weight"].data<float>().ToArray());
        Assert.Equal([-1, 0.5f], read["fc.bias"].data<float>().ToArray());
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void Read_CutAnywhere_IsRefused(string container)
    {
        var whole = Make(container);
        for (var length = 0; length < whole.Length - (container == "zip" ? 22 : 0); length += 7)
            Assert.Throws<InvalidDataException>(() => Read(whole[..length]));
    }

    [Theory]
    [InlineData("torch._utils", "_rebuild_tensor_v9", "torch._utils._rebuild_tensor_v9")]
    [InlineData("collections", "OrderedDicU", "collections.OrderedDicU")]
    [InlineData("collections", "system\nos\nx", "collections.system")]
    public void Read_OfAnotherGlobal_IsRefusedByName(string module, string name, string named)
    {
        var file = Encoding.Latin1.GetString(Make("legacy"));
        var known = module == "collections" ? "ccollections\nOrderedDict\n" : "ctorch._utils\n_rebuild_tensor_v2\n";
        var error = Assert.Throws<InvalidDataException>(() => Read(Encoding.Latin1.GetBytes(file.Replace(known, $"c{module}\n{name}\n", StringComparison.Ordinal))));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, 7)] // a storage longer than its bytes
    [InlineData(6, int.MaxValue)]
    [InlineData(3, 300_000)] // a tensor larger than its storage
    [InlineData(3, -3)]
    public void Read_OfALieAboutSizes_IsRefused(int value, int lie)
    {
        var file = Make("legacy");
        var at = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)'J', (byte)value, 0, 0, 0]);
        BitConverter.TryWriteBytes(file.AsSpan(at + 1), lie);
        Assert.Throws<InvalidDataException>(() => Read(file));
    }

    // Each name is a copy: a file of a megabyte could ask for a terabyte of them.
    [Fact]
    public void Read_ThousandsOfNamesOfOneStorage_IsRefused()
    {
        var values = new float[1000];
        var file = TinyCheckpoint.Legacy([.. Enumerable.Range(0, 2000).Select(i => ($"w{i}", new long[] { 1000 }, values))]);
        Assert.Contains("more numbers", Assert.Throws<InvalidDataException>(() => Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TwoNamesOfOneStorage_GivesBoth()
    {
        using var scope = NewDisposeScope();
        float[] tied = [1, 2, 3];
        var read = Read(TinyCheckpoint.Zip(("a", [3], tied), ("b", [3, 1], tied)));
        Assert.Equal(tied, read["a"].data<float>().ToArray());
        Assert.Equal([3, 1], read["b"].shape);
    }

    // A byte of the file each, and a hundred of memory.
    [Theory]
    [InlineData(new byte[] { (byte)'}' })]
    [InlineData(new byte[] { (byte)']' })]
    [InlineData(new byte[] { (byte)'(' })]
    public void Read_OfValuesWithoutEnd_IsRefused(byte[] value)
    {
        byte[] file = [0x80, 2, .. Enumerable.Repeat(value, 400_000).SelectMany(v => v)];
        Assert.Contains("more than 300000 values", Assert.Throws<InvalidDataException>(() => Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfMemosWithoutEnd_IsRefused()
    {
        byte[] file = [0x80, 2, (byte)'N', .. Enumerable.Range(0, 400_000).SelectMany(i => (byte[])[(byte)'r', .. BitConverter.GetBytes(i)])];
        Assert.Contains("more than 300000 values", Assert.Throws<InvalidDataException>(() => Read(file)).Message, StringComparison.Ordinal);
    }

    // Neither a crash nor a hang (./mars test ends those), nor memory that a lie asked for: a mutated file is refused or read.
    [Theory]
    [MemberData(nameof(Containers))]
    public void Read_OfFiveThousandMutations_RefusesOrReads(string container)
    {
        var whole = Make(container);
        var random = new Random(container.Length);
        var refused = 0;
        var resident = Environment.WorkingSet;
        for (var i = 0; i < 5000; i++)
        {
            var file = whole.ToArray();
            for (var j = random.Next(1, 4); j > 0; j--)
                file[random.Next(file.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(file[random.Next(file.Length)] ^ (1 << random.Next(8)));
            var before = GC.GetAllocatedBytesForCurrentThread();
            using var scope = NewDisposeScope();
            try
            {
                Assert.InRange(Read(file).Values.Sum(t => t.numel()), 0, file.Length); // libtorch's memory, which .NET does not count
            }
            catch (InvalidDataException)
            {
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        }
        Assert.InRange(refused, 2000, 5000);
        Assert.InRange(Environment.WorkingSet - resident, long.MinValue, 256 << 20);
    }

    private static byte[] Make(string container) => container == "zip" ? TinyCheckpoint.Zip(Tensors) : TinyCheckpoint.Legacy(Tensors);

    private static Dictionary<string, Tensor> Read(byte[] file) => TorchCheckpoint.Read(new MemoryStream(file), "file.pth");
}
