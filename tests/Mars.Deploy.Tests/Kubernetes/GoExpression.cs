using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Kubernetes;

/// <summary>The expressions of Go templates that our chart uses: paths, variables, literals, calls and pipes.</summary>
internal sealed partial class GoExpression
{
    private readonly List<string> _tokens;
    private readonly GoScope _scope;
    private int _at;

    private GoExpression(string text, GoScope scope)
    {
        _tokens = [.. Token().Matches(text).Select(m => m.Value)];
        _scope = scope;
        if (Compact(string.Concat(_tokens)) != Compact(text))
            throw new FormatException($"cannot read {text}");
    }

    public static object? Evaluate(string text, GoScope scope)
    {
        var expression = new GoExpression(text, scope);
        var value = expression.Pipeline();
        return expression._at == expression._tokens.Count ? value : throw new FormatException($"{expression._tokens[expression._at]} is not expected in {text}");
    }

    public static bool IsTrue(object? value) => value switch
    {
        null or false or "" => false,
        ICollection collection => collection.Count > 0,
        IConvertible number when value is not (string or bool) => Convert.ToDouble(number, CultureInfo.InvariantCulture) != 0,
        _ => true,
    };

    public static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Compact(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    private object? Pipeline()
    {
        var value = Command([]);
        while (_at < _tokens.Count && _tokens[_at] == "|")
        {
            _at++;
            value = Command([value]);
        }
        return value;
    }

    // One operand, or a function and its operands; what comes through the pipe is the last of them.
    private object? Command(object?[] piped)
    {
        if (!Name().IsMatch(_tokens[_at]))
            return Operand();
        var function = _tokens[_at++];
        var arguments = new List<object?>();
        while (_at < _tokens.Count && _tokens[_at] is not ("|" or ")"))
            arguments.Add(Operand());
        return Call(function, [.. arguments, .. piped]);
    }

    private object? Operand()
    {
        var token = _tokens[_at++];
        if (token == "(")
        {
            var value = Pipeline();
            return _tokens[_at++] == ")" ? value : throw new FormatException("a ) is missing");
        }
        if (token[0] == '"')
            return token[1..^1];
        if (token is "true" or "false")
            return token == "true";
        if (int.TryParse(token, CultureInfo.InvariantCulture, out var number))
            return number;
        var (root, path) = token[0] == '$' ? (_scope.Variable(token.Split('.')[0]), token.Split('.')[1..]) : (_scope.Dot, token.Split('.', StringSplitOptions.RemoveEmptyEntries));
        return path.Aggregate(root, (at, key) => at is IDictionary map && map.Contains(key) ? map[key] : throw new FormatException($"there is no {key} in {token}"));
    }

    private object? Call(string function, object?[] a) => function switch
    {
        "add" => a.Sum(x => Convert.ToInt64(x, CultureInfo.InvariantCulture)),
        "default" => IsTrue(a[1]) ? a[1] : a[0],
        "eq" => Text(a[0]) == Text(a[1]),
        "include" => _scope.Include((string)a[0]!, a[1]),
        "not" => !IsTrue(a[0]),
        "nindent" => "\n" + string.Join('\n', Text(a[1]).Split('\n').Select(line => line.Length == 0 ? line : new string(' ', (int)a[0]!) + line)),
        "quote" => $"\"{Text(a[0]).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        "required" => IsTrue(a[1]) ? a[1] : throw new InvalidOperationException((string)a[0]!),
        "toYaml" => Yaml.Write(a[0]),
        _ => throw new FormatException($"the function {function} is not known to this test; Helm may well know it"),
    };

    [GeneratedRegex("""("[^"]*")|[()|]|[^\s()|"]+""")]
    private static partial Regex Token();

    [GeneratedRegex("^(?!true$|false$)[a-zA-Z]+$")]
    private static partial Regex Name();
}
