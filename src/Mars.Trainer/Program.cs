using TorchSharp;

using var x = torch.randn(new long[] { 2, 3, 16, 112, 112 });
using var c = torch.nn.Conv3d(3, 8, 7L);
using var y = c.forward(x);
Console.WriteLine(y.mean().ToSingle());
return 0;
