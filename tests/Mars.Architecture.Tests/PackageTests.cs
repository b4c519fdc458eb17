using System.Xml.Linq;
using Mars.TestSupport;

namespace Mars.Architecture.Tests;

/// <summary>Packages with known holes fail the restore.</summary>
public sealed class PackageTests
{
    [Fact]
    public void Audit_CoversAllPackages_AndIsNotSwitchedOff()
    {
        var build = XDocument.Load(Path.Combine(SharedData.Root, "Directory.Build.props"));
        string Value(string name) => build.Descendants(name).Single().Value;
        Assert.Equal(("true", "all", "low", "true"), (Value("NuGetAudit"), Value("NuGetAuditMode"), Value("NuGetAuditLevel"), Value("TreatWarningsAsErrors")));

        // NU1901 to NU1904: holes from low to critical.
        var files = Directory.GetFiles(SharedData.Root, "*.props").Concat(Directory.GetFiles(SharedData.Root, "*.csproj", SearchOption.AllDirectories)).Where(f => !f.Contains("artifacts", StringComparison.Ordinal));
        string[] exceptions = ["NU1901", "NU1902", "NU1903", "NU1904", "NuGetAuditSuppress"];
        foreach (var text in files.Select(File.ReadAllText))
            Assert.DoesNotContain(exceptions, exception => text.Contains(exception, StringComparison.Ordinal));
    }
}
