using System.Collections;

namespace Mars.Deploy.Tests.Kubernetes;

/// <summary>A part of a template.</summary>
internal abstract record GoNode
{
    public static string Render(IEnumerable<GoNode> nodes, GoScope scope) => string.Concat(nodes.Select(n => n.Render(scope)));

    protected abstract string Render(GoScope scope);

    public sealed record Literal(string Text) : GoNode
    {
        protected override string Render(GoScope scope) => Text;
    }

    public sealed record Output(string Expression) : GoNode
    {
        protected override string Render(GoScope scope) => GoExpression.Text(GoExpression.Evaluate(Expression, scope));
    }

    public sealed record If(string Expression, IReadOnlyList<GoNode> Then, IReadOnlyList<GoNode> Else, bool SetsDot) : GoNode
    {
        protected override string Render(GoScope scope)
        {
            var value = GoExpression.Evaluate(Expression, scope);
            return GoExpression.IsTrue(value) ? Render(Then, SetsDot ? scope.With(value) : scope) : Render(Else, scope);
        }
    }

    public sealed record Range(string Key, string Value, string Expression, IReadOnlyList<GoNode> Body) : GoNode
    {
        protected override string Render(GoScope scope)
        {
            var map = (IDictionary)GoExpression.Evaluate(Expression, scope)!;
            var keys = map.Keys.Cast<object>().OrderBy(k => k.ToString(), StringComparer.Ordinal);
            return string.Concat(keys.Select(k => Render(Body, scope.With(map[k]).With(Key, k).With(Value, map[k]))));
        }
    }
}
