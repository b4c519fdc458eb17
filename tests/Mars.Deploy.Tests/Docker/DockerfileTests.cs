using System.Text.RegularExpressions;
using Mars.Deploy.Tests.Support;
using Mars.Server.Hosting;

namespace Mars.Deploy.Tests.Docker;

/// <summary>No Docker engine runs here: everything that the Dockerfiles name is looked up in the repository. What they run is run by PublishTests.</summary>
public sealed partial class DockerfileTests
{
    public static TheoryData<string> Files => ["Dockerfile", "Dockerfile.gpu", "Dockerfile.trainer"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Copy_OfTheRepository_IsThereAndInTheContext(string file)
    {
        var copied = Read(file).Where(i => i.Keyword == "COPY" && !i.Text.StartsWith("--from", StringComparison.Ordinal)).SelectMany(i => i.Words[..^1]).ToList();
        var context = Repository.Read(".dockerignore").Split('\n').Where(l => l.StartsWith('!')).Select(l => l[1..]).ToList();

        Assert.NotEmpty(copied);
        Assert.All(copied, path => Assert.True(Path.Exists(Repository.Of(path)), path));
        Assert.Subset(context.ToHashSet(), copied.ToHashSet());
        Assert.All(context, path => Assert.True(Path.Exists(Repository.Of(path)), path));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Stages_AreKnownBeforeTheyAreUsed(string file)
    {
        var known = new HashSet<string>();
        foreach (var instruction in Read(file))
        {
            if (instruction.Keyword == "FROM")
            {
                var image = instruction.Words[0];
                Assert.True(known.Contains(image) || image.Contains(':', StringComparison.Ordinal) || image == "${CUDA_IMAGE}", $"{image} is no stage and has no tag");
                Assert.True(known.Add(instruction.Stage), instruction.Stage);
            }
            foreach (Match from in From().Matches(instruction.Keyword == "COPY" ? instruction.Text : ""))
                Assert.Contains(from.Groups[1].Value, known);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Publish_ProjectsAndPackages_Exist(string file)
    {
        var published = Read(file).Where(i => i.Keyword == "RUN").SelectMany(i => Publish().Matches(i.Text)).ToList();

        Assert.NotEmpty(published);
        Assert.All(published, p => Assert.True(File.Exists(Repository.Of(p.Groups[1].Value, $"{Path.GetFileName(p.Groups[1].Value)}.csproj")), p.Value));
        foreach (Match package in published.SelectMany(p => OrtPackage().Matches(p.Value)))
            Assert.Contains($"Include=\"{package.Groups[1].Value}\"", Repository.Read("Directory.Packages.props"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Images_StartAProgramThatIsThere_NotAsRoot(string file)
    {
        var instructions = Read(file);
        foreach (var entry in instructions.Where(i => i.Keyword == "ENTRYPOINT"))
        {
            var stage = instructions.Where(i => i.Stage == entry.Stage).ToList();
            var source = From().Match(stage.Single(i => i.Keyword == "COPY" && i.Words[^1] == "/app").Text).Groups[1].Value;
            var published = Publish().Match(instructions.Single(i => i.Stage == source && i.Keyword == "RUN").Text);
            Assert.Equal(["dotnet", $"/app/{Path.GetFileName(published.Groups[1].Value)}.dll"], entry.Words);
            Assert.Contains(stage.Last(i => i.Keyword == "USER").Text, (string[])["$APP_UID", "1654"]);
        }
        Assert.Contains(instructions, i => i.Keyword == "ENTRYPOINT");
    }

    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("Dockerfile.gpu")]
    public void Server_PortHealthAndSettings_FitTheCode(string file)
    {
        var stage = Read(file).Where(i => i.Stage == "server").ToList();
        var port = stage.Single(i => i.Keyword == "EXPOSE").Text;
        var variables = Variables(stage);
        var health = stage.Single(i => i.Keyword == "HEALTHCHECK").Text;
        var probe = System.Text.Json.JsonSerializer.Deserialize<string[]>(health[health.IndexOf('[', StringComparison.Ordinal)..])!;

        Assert.Equal($"http://0.0.0.0:{port}", variables["ASPNETCORE_URLS"]);
        Assert.Equal(["dotnet", "/app/Mars.Server.dll", "--health", $"http://127.0.0.1:{port}"], probe);
        Assert.Contains("--health", CommandLine.Options);
        Assert.Empty(Settings.Unknown(variables.Keys));
        Assert.Contains(stage, i => i.Keyword == "COPY" && i.Words is ["models", var to] && to == variables["Mars__Models__Folder"]);
        Assert.True(File.Exists(Repository.Of("models", "mars-synthetic", "2", "manifest.json")));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Comments_Commands_NameFilesAndStagesThatExist(string file)
    {
        foreach (Match build in Build().Matches(Repository.Read("deploy", file)))
        {
            Assert.Equal($"deploy/{file}", build.Groups[1].Value);
            if (build.Groups[2].Success)
                Assert.Contains(Read(file), i => i.Stage == build.Groups[2].Value);
        }
    }

    internal static IReadOnlyList<Instruction> Read(string file) => Instruction.Read(Repository.Read("deploy", file));

    internal static Dictionary<string, string> Variables(IEnumerable<Instruction> stage) =>
        stage.Where(i => i.Keyword == "ENV").SelectMany(i => i.Words).Select(w => w.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);

    [GeneratedRegex(@"^--from=(\S+)")]
    private static partial Regex From();

    [GeneratedRegex(@"dotnet publish (\S+)[^&]*")]
    private static partial Regex Publish();

    [GeneratedRegex(@"-p:OrtPackage=(\S+)")]
    private static partial Regex OrtPackage();

    [GeneratedRegex(@"docker build -f (\S+) -t \S+(?: --target (\S+))? \.")]
    private static partial Regex Build();
}
