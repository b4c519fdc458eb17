using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Docs;

/// <summary>What the documents suppose to be there: videos, frames, the shipped models, a certificate. Made once.</summary>
public sealed class DocumentSite : IAsyncLifetime
{
    private readonly Temporary _folder = new();

    public async ValueTask InitializeAsync()
    {
        await TrainerAsync("synthesize", "--output", "VIDEOS", "--actions", "walk,sit_down,wave_one_hand", "--videos-per-class", "2");
        Copy(Of("VIDEOS"), Of("TEST"));
        File.Copy(Directory.GetFiles(Of("VIDEOS", "walk"), "*.avi").Order(StringComparer.Ordinal).First(), Of("film.mp4"));
        await TrainerAsync("prepare", "VIDEOS", "--output", "TEST_FRAMES", "--short-side", "48", "--only-rgb");
        Copy(Path.GetDirectoryName(Directory.GetFiles(Of("TEST_FRAMES", "walk"), "*.jpg", SearchOption.AllDirectories)[0])!, Of("frames"));
        Directory.Delete(Of("TEST_FRAMES"), recursive: true);
        Copy(Repository.Of("models"), Of("models"));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(Of("server.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Of("server.key"), key.ExportPkcs8PrivateKeyPem());
    }

    public void CopyTo(string folder) => Copy(_folder.Folder, folder);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task TrainerAsync(params string[] arguments)
    {
        var (exit, output, error) = await Shell.RunAsync(_folder.Folder, null, ["dotnet", Repository.Program("Mars.Trainer"), .. arguments]);
        Assert.True(exit == 0, $"{string.Join(' ', arguments)}\n{output}\n{error}");
    }

    private string Of(params string[] parts) => Path.Combine([_folder.Folder, .. parts]);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
