using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Mars.Server.Configuration;
using Mars.Server.Events;
using Mars.TestSupport;
using Microsoft.Extensions.Configuration;

namespace Mars.Server.Tests.Events;

/// <summary>What docs/events.md says of the configuration and of messages is what there is.</summary>
public sealed partial class EventDocumentTests
{
    private static string Document { get; } = File.ReadAllText(Path.Combine(SharedData.Root, "docs", "events.md"));

    [Fact]
    public void Configurations_OfTheDocument_HaveNoUnknownKey()
    {
        var blocks = Blocks().Matches(Document).Select(m => m.Groups[1].Value).Where(b => b.Contains("\"Mars\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, blocks.Count);
        foreach (var block in blocks)
        {
            var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(block))).Build();
            Assert.NotNull(configuration.GetSection(SinkOptions.Section).Get<SinkOptions>(o => o.ErrorOnUnknownConfiguration = true));
        }
    }

    [Fact]
    public void Message_OfTheDocument_IsAnEvent()
    {
        var block = Blocks().Matches(Document).Select(m => m.Groups[1].Value).Single(b => b.Contains("\"event\"", StringComparison.Ordinal)).Trim();
        var action = EventJson.Read(Encoding.UTF8.GetBytes(block));
        Assert.NotNull(action);
        Assert.Equal(block, Encoding.UTF8.GetString(EventJson.Write(action)));
    }

    [Theory]
    [InlineData(typeof(EventDefaults))]
    [InlineData(typeof(WebhookOptions))]
    [InlineData(typeof(MqttOptions))]
    [InlineData(typeof(EventFileOptions))]
    [InlineData(typeof(SinkOptions))]
    public void Options_Each_IsInTheDocument(Type options)
    {
        foreach (var property in options.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            Assert.True(Regex.IsMatch(Document, $@"\b{property.Name}\b"), $"{options.Name}.{property.Name} is not in docs/events.md");
    }

    [GeneratedRegex(@"```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
