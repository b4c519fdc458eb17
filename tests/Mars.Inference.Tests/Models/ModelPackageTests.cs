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

    [Fact]
    public void Load_AnEnsemble_BringsItsMembers()
    {
        Write("1");
        Write("2");
        var package = ModelPackage.Load(WriteEnsemble(["test/1", "test/2"]));
        Assert.Equal(["1", "2"], package.Members.Select(m => m.Manifest.Version));
    }

    [Theory]
    [InlineData("test/7", "no manifest.json")]
    [InlineData("../test/1", "not name/version")]
    [InlineData("other/1", "other labels")]
    [InlineData("flow/1", "flow stream")]
    [InlineData("sum/1", "ensemble itself")]
    public void Load_AnEnsembleWhoseMemberCannotBeAdded_RefusedWithTheReason(string member, string reason)
    {
        Write("1");
        Write("1", name: "other", labels: ["stand", "sit"]);
        Write("1", kind: "flow", name: "flow");
        if (member == "sum/1")
        {
            // It names itself.
            var folder = WriteEnsemble(["test/1", "test/1"]);
            var path = Path.Combine(folder, ModelManifest.FileName);
            File.WriteAllText(path, File.ReadAllText(path).Replace("\"test/1\"", "\"sum/1\"", StringComparison.Ordinal));
            Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => ModelPackage.Load(folder)).Message);
            return;
        }
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => WriteEnsemble(["test/1", member])).Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string WriteEnsemble(string[] members) => ModelPackageWriter.Write(
        _folder, new ModelManifest { Name = "sum", Version = "1", Kind = "ensemble", Classes = 2, Members = members }, null, ["sit", "stand"], "# card");

    private string Write(string version, int classes = 2, string kind = "rgb", string name = "test", string[]? labels = null)
    {
        var graph = Path.Combine(_folder, "graph.bin");
        File.WriteAllText(graph, "not a graph, and nobody runs it here");
        var manifest = new ModelManifest { Name = name, Version = version, Kind = kind, Classes = classes };
        return ModelPackageWriter.Write(_folder, manifest, graph, labels ?? ["sit", "stand"], "# card");
    }
}
