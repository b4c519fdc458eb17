using Mars.Trainer.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mars.Trainer.Training;

/// <summary>
/// SGD with momentum, dampening and weight decay, step for step as PyTorch's: g += decay * w; the first step takes v = g, later ones v = momentum * v +
/// (1 - dampening) * g; w -= rate * v, or rate * (g + momentum * v) with Nesterov's momentum. Ours because the velocities must go into checkpoints by name.
/// </summary>
internal sealed class MomentumSgd : IDisposable
{
    private readonly (string Name, Parameter Parameter)[] _parameters;
    private readonly Dictionary<string, Tensor> _velocities = new(StringComparer.Ordinal);
    private readonly double _momentum;
    private readonly double _dampening;
    private readonly double _weightDecay;
    private readonly bool _nesterov;

    public MomentumSgd(IEnumerable<(string Name, Parameter Parameter)> parameters, double momentum, double dampening, double weightDecay, bool nesterov = false)
    {
        _nesterov = nesterov;
        _parameters = [.. parameters];
        _momentum = momentum;
        _dampening = dampening;
        _weightDecay = weightDecay;
    }

    /// <summary>The velocity of each parameter that has had a step.</summary>
    public IReadOnlyDictionary<string, Tensor> Velocities => _velocities;

    /// <summary>Takes over the velocities of a checkpoint.</summary>
    public void Restore(IReadOnlyDictionary<string, Tensor> velocities, Device device)
    {
        foreach (var (name, velocity) in velocities)
        {
            using var scope = NewDisposeScope();
            _velocities[name] = velocity.to(device, copy: true).DetachFromDisposeScope();
        }
    }

    public void ZeroGradients()
    {
        foreach (var (_, parameter) in _parameters)
        {
            using var scope = NewDisposeScope(); // zero_ gives another handle of it
            using var gradient = parameter.grad;
            gradient?.zero_();
        }
    }

    public void Step(double rate)
    {
        using var frozen = no_grad();
        foreach (var (name, parameter) in _parameters)
        {
            using var scope = NewDisposeScope();
            using var gradient = parameter.grad; // TorchSharp leaves it out of the scope
            if (gradient is null)
                continue;
            var g = gradient.PlusTimes(parameter, _weightDecay);
            if (_velocities.TryGetValue(name, out var velocity))
                velocity.TimesInPlace(_momentum).PlusTimesInPlace(g, 1 - _dampening);
            else
                _velocities[name] = velocity = g.DetachFromDisposeScope();
            parameter.PlusTimesInPlace(_nesterov ? g.PlusTimes(velocity, _momentum) : velocity, -rate);
        }
    }

    public void Dispose()
    {
        foreach (var velocity in _velocities.Values)
            velocity.Dispose();
        _velocities.Clear();
    }
}
