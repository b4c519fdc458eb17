using System.Collections;
using System.Text.RegularExpressions;
using Mars.Client.Reporting;
using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Docker;

public sealed partial class ComposeTests
{
    private static readonly Dictionary<object, object?> Compose = Yaml.Read(Repository.Read("deploy", "compose.yaml"));

    private static Dictionary<string, object?> Services => ((IDictionary)Compose["services"]!).Keys.Cast<string>().ToDictionary(k => k, k => ((IDictionary)Compose["services"]!)[k]);

    [Fact]
    public void Builds_FilesAndStages_Exist()
    {
        var builds = Services.Values.Select(s => s.At("build")).Where(b => b is not null).ToList();

        Assert.Equal(3, builds.Count);
        Assert.All(builds, b => Assert.Equal(Repository.Of(), Repository.Of("deploy", b.Text("context"))));
        Assert.All(builds, b => Assert.True(File.Exists(Repository.Of(b.Text("dockerfile")))));
        Assert.All(builds.Where(b => b.At("target") is not null), b => Assert.Contains(Instruction.Read(Repository.Read(b.Text("dockerfile"))), i => i.Stage == b.Text("target")));
    }

    [Fact]
    public void Services_AreHardenedAndHaveAProfile() => Assert.All(Services, s =>
    {
        Assert.Equal(true, s.Value.At("read_only"));
        Assert.Equal(["ALL"], s.Value.List("cap_drop"));
        Assert.Equal(["no-new-privileges:true"], s.Value.List("security_opt"));
        Assert.NotEmpty(s.Value.List("profiles"));
    });

    [Fact]
    public void Images_OfOthers_HaveAVersion() =>
        Assert.All(Services.Values.Where(s => s.At("build") is null), s => Assert.Matches(@":v?\d+\.\d+\.\d+$", s.Text("image")));

    [Fact]
    public void Volumes_OfTheRepository_Exist()
    {
        var mounts = Services.Values.SelectMany(s => s.List("volumes")).Select(v => $"{v}".Split(':')[0]).ToList();

        Assert.All(mounts.Where(m => m.StartsWith('.')), m => Assert.True(Path.Exists(Repository.Of("deploy", m)), m));
        Assert.All(mounts.Where(m => !m.StartsWith('.')), m => Assert.Contains(m, ((IDictionary)Compose["volumes"]!).Keys.Cast<string>()));
    }

    [Fact]
    public void Settings_Exist() => Assert.Empty(Settings.Unknown(Services.Values.SelectMany(s => s.Map("environment").Keys)));

    [Theory]
    [InlineData("server", "Dockerfile")]
    [InlineData("server-gpu", "Dockerfile.gpu")]
    public void Server_PortAndGrace_FitTheImage(string service, string file)
    {
        var server = Services[service];
        var port = DockerfileTests.Read(file).Single(i => i.Keyword == "EXPOSE").Text;

        Assert.EndsWith($":{port}:{port}", server.Text("ports.0"), StringComparison.Ordinal);
        Assert.True(int.Parse(server.Text("stop_grace_period").TrimEnd('s')) > int.Parse(server.Map("environment")["Mars__Streams__DrainSeconds"]));
        Assert.Equal(["mars"], server.List("networks.default.aliases"));
    }

    [Fact]
    public void Camera_Command_IsOneOfOursAndNamesTheServer()
    {
        var words = Services["camera"].List("command").Select(w => $"{w}").ToArray();
        var parsed = Client.Commands.CommandLine.Tree(Terminal.Plain(TextWriter.Null, TextWriter.Null)).Parse(words);

        Assert.Empty(parsed.Errors);
        Assert.Equal("http://mars:5150", words[Array.IndexOf(words, "--server") + 1]);
    }

    [Fact]
    public void Comments_Profiles_Exist()
    {
        var named = Profile().Matches(Repository.Read("deploy", "compose.yaml")).Select(m => m.Groups[1].Value).ToList();

        Assert.NotEmpty(named);
        Assert.Subset(Services.Values.SelectMany(s => s.List("profiles")).Select(p => $"{p}").ToHashSet(), named.ToHashSet());
    }

    [GeneratedRegex(@"--profile (\w+)")]
    private static partial Regex Profile();
}
