using Mars.Trainer.Networks;
using TorchSharp;

torch.set_num_threads(2);
var net = new ResNeXt3D(NetworkShape.Create(14, "narrow", 10));
foreach (var (k, v) in net.state_dict()) Console.WriteLine($"{k} [{string.Join(",", v.shape)}]");
for (var i = 0; i < 6; i++)
{
    var t = System.Diagnostics.Stopwatch.StartNew();
    using var s = torch.NewDisposeScope();
    using var x = torch.randn(new long[] { 32, 3, 16, 112, 112 });
    var (f, l) = net.forward(x);
    l.sum().backward();
    Console.WriteLine($"{t.ElapsedMilliseconds / 32.0} ms a clip");
}
return 0;
