using Mars.Inference.Models;

namespace Mars.Inference.Tests.Models;

public sealed class ModelPackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mars-models-").FullName;

    [Fact]
    public void Load_WhatWasWritten_ComesBack()
    {
        var package = ModelPackage.Load(Write("10"));
        Assert.Equal(["sit", "stand"], package.Labels);
        Assert.Equal("test", package.Manifest.Name);
    }

    [Theory]
    [InlineData(ModelPackage.GraphName, "sha256")]
    [InlineData(ModelPackage.LabelsName, "sha256")]
    [InlineData(ModelPackage.CardName, "sha256")]
    [InlineData(ModelManifest.FileName, "does not parse")]
    public void Load_ChangedFile_RefusedWithTheReason(string file, string reason)
    {
        var folder = Write("1");
        File.AppendAllText(Path.Combine(folder, file), "x");
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => ModelPackage.Load(folder)).Message);
    }

    [Fact]
    public void Load_NoManifestYet_Refused()
    {
        var folder = Write("1");
        File.Delete(Path.Combine(folder, ModelManifest.FileName));
        Assert.Contains("no manifest.json", Assert.Throws<InvalidDataException>(() => ModelPackage.Load(folder)).Message);
    }

    [Fact]
    public void Load_ManifestThatNamesAPathOutside_Refused()
    {
        var folder = Write("1");
        var path = Path.Combine(folder, ModelManifest.FileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"CARD.md\"", "\"../../etc/passwd\"", StringComparison.Ordinal));
        Assert.Contains("not a file of the package", Assert.Throws<InvalidDataException>(() => ModelPackage.Load(folder)).Message);
    }

    [Fact]
    public void Write_ThatFails_LeavesNothing()
    {
        Assert.Throws<InvalidDataException>(() => Write("1", classes: 3));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_folder, "test")));
    }

    [Fact]
    public void Write_SameVersionTwice_Refused()
    {
        Write("1");
        Assert.Throws<IOException>(() => Write("1"));
    }

    [Fact]
    public void Read_SeveralVersions_TheNewestUsableOne()
    {
        Write("9");
        Write("10");
        File.AppendAllText(Path.Combine(Write("11"), ModelPackage.LabelsName), "third");
        Directory.CreateDirectory(Path.Combine(_folder, "test", ".12.345"));
        var package = Assert.Single(ModelRepository.Read(_folder, out var refused));
        Assert.Equal("10", package.Manifest.Version);
        Assert.Contains("labels.txt", Assert.Single(refused));
    }

    [Fact]
    public void Read_FlowStream_Refused()
    {
        Write("1", kind: "flow");
        Assert.Empty(ModelRepository.Read(_folder, out var refused));
        Assert.Contains("optical flow", Assert.Single(refused));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string version, int classes = 2, string kind = "rgb")
    {
        var graph = Path.Combine(_folder, "graph.bin");
        File.WriteAllText(graph, "not a graph, and nobody runs it here");
        var manifest = new ModelManifest { Name = "test", Version = version, Kind = kind, Classes = classes };
        return ModelPackageWriter.Write(_folder, manifest, graph, ["sit", "stand"], "# card");
    }
}
