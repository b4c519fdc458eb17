namespace Mars.Trainer.Pickle;

/// <summary>A Python dict or OrderedDict: keys are string or long, in the order of the file.</summary>
internal sealed class PickleDictionary
{
    private readonly Dictionary<object, object?> _values = [];
    private readonly List<object> _keys = [];

    public IEnumerable<(object Key, object? Value)> Items => _keys.Select(k => (k, _values[k]));

    public object? this[object key] => _values.GetValueOrDefault(key);

    public void Set(object key, object? value)
    {
        if (!_values.ContainsKey(key))
            _keys.Add(key);
        _values[key] = value;
    }
}
