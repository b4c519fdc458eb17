using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Docs;

/// <summary>What the documents suppose to be there: videos, frames, the shipped models, a certificate. Made once.</summary>
public sealed class DocumentSite : IDisposable
{
    private static readonly string[] Actions = ["walk", "sit_down", "wave_one_hand"];

    private readonly Temporary _folder = new();
    private readonly SemaphoreSlim _making = new(1, 1);
    private bool _made;

    public async Task CopyToAsync(string folder)
    {
        await _making.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!_made)
                await MakeAsync();
            _made = true;
        }
        finally
        {
            _making.Release();
        }
        Copy(_folder.Folder, folder);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _making.Dispose();
    }

    private async Task MakeAsync()
    {
        await TrainerAsync("synthesize", "--output", "all", "--videos-per-class", "2");
        foreach (var action in Actions)
            Copy(Of("all", action), Of("VIDEOS", action));
        File.Copy(Directory.GetFiles(Of("VIDEOS", "walk"), "*.avi").Order(StringComparer.Ordinal).First(), Of("film.mp4"));
        Directory.Delete(Of("all"), recursive: true);
        await TrainerAsync("prepare", "VIDEOS", "--output", "TEST_FRAMES", "--short-side", "48", "--only-rgb");
        Copy(Path.GetDirectoryName(Directory.GetFiles(Of("TEST_FRAMES", "walk"), "*.jpg", SearchOption.AllDirectories)[0])!, Of("frames"));
        Copy(Repository.Of("models"), Of("models"));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(Of("server.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Of("server.key"), key.ExportPkcs8PrivateKeyPem());
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
