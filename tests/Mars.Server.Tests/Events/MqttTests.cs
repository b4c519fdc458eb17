using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Mars.Server.Tests.Events;

/// <summary>Events of a real server's cameras at a real broker, Debian's mosquitto, as mosquitto_sub sees them.</summary>
public sealed class MqttTests : EventTests
{
    [Fact]
    public async Task Mqtt_OfACamera_EventsStatesAvailabilityAndDiscovery()
    {
        await using var broker = await Mosquitto.StartAsync(Folder);
        await using (var server = await StartAsync(Broker(broker)))
        {
            using var camera = new ColourCamera(server, "front/door 1");
            await camera.ShowAsync("red", "green");
            await camera.FinishAsync();
            await WaitAsync(() => broker.Messages.Contains("mars/front_door_1/green OFF"), "the last state");
            Assert.Contains("mars/available online", broker.Messages);
            await server.StopAsync();
        }
        await WaitAsync(() => broker.Messages.Contains("mars/available offline"), "the farewell");

        var states = broker.Messages.Where(m => m.StartsWith("mars/front_door_1/", StringComparison.Ordinal) && !m.Contains('{', StringComparison.Ordinal)).ToArray();
        Assert.Equal(["mars/front_door_1/red ON", "mars/front_door_1/red OFF"], states.Where(s => s.Contains("red", StringComparison.Ordinal)));
        Assert.Equal(["mars/front_door_1/green ON", "mars/front_door_1/green OFF"], states.Where(s => s.Contains("green", StringComparison.Ordinal)));
        var events = Payloads(broker.Messages, "mars/front_door_1/events").ToArray();
        Assert.Equal(4, events.Length);
        Assert.All(events, e => Assert.Equal("front/door 1", e.GetProperty("camera").GetString()));

        var retained = await broker.RetainedAsync();
        Assert.Contains("mars/front_door_1/green OFF", retained);
        Assert.DoesNotContain(retained, m => m.StartsWith("mars/front_door_1/events", StringComparison.Ordinal));
        var sensor = Assert.Single(Payloads(retained, "homeassistant/binary_sensor/mars_front_door_1/red/config"));
        Assert.Equal("mars/front_door_1/red", sensor.GetProperty("state_topic").GetString());
        Assert.Equal("mars/available", sensor.GetProperty("availability_topic").GetString());
        Assert.Equal("mars_front_door_1_red", sensor.GetProperty("unique_id").GetString());
        Assert.Equal("front/door 1", sensor.GetProperty("device").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Mqtt_BrokerThatWasAwayAndForgotAll_GetsTheEventsAndEveryStateAgain()
    {
        await using var broker = await Mosquitto.StartAsync(Folder);
        await using var server = await StartAsync(Broker(broker));
        using var camera = new ColourCamera(server);
        await camera.ShowAsync("red");
        await WaitAsync(() => broker.Messages.Contains("mars/door/red ON"), "the first state");
        await broker.KillAsync();
        await camera.ShowAsync("green", "blue"); // the camera does not notice
        await camera.FinishAsync();
        await broker.StartAgainAsync();
        await WaitAsync(() => broker.Messages.Contains("mars/door/blue OFF"), "the last state");
        var retained = await broker.RetainedAsync();
        Assert.Equal(["mars/available online", "mars/door/blue OFF", "mars/door/green OFF", "mars/door/red OFF"], retained.Where(m => m.StartsWith("mars/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(3, retained.Count(m => m.StartsWith("homeassistant/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Mqtt_ConnectionThatIsTakenOver_WillSaysOfflineAndItComesBack()
    {
        await using var broker = await Mosquitto.StartAsync(Folder);
        await using var server = await StartAsync(Broker(broker));
        await WaitAsync(() => broker.Messages.Contains("mars/available online"), "that it is there");
        await broker.PublishAsync("-i", "mars", "-t", "test", "-m", "of the same name");
        await WaitAsync(() => broker.Messages.Contains("mars/available offline"), "the last will");
        await WaitAsync(() => broker.Messages.Count(m => m == "mars/available online") >= 2, "that it is back");
    }

    [Fact]
    public async Task Mqtt_StateLeftOnByAServerThatDied_IsSetRight()
    {
        await using var broker = await Mosquitto.StartAsync(Folder);
        await broker.PublishAsync("-t", "mars/door/red", "-m", "ON", "-r");
        await broker.PublishAsync("-t", "other/door/red", "-m", "ON", "-r");
        await using var server = await StartAsync(Broker(broker));
        await WaitAsync(() => broker.Messages.Contains("mars/door/red OFF"), "that it is off");
        Assert.Contains("other/door/red ON", await broker.RetainedAsync());
    }

    [Fact]
    public async Task Mqtt_WithTlsAndAPassword_Speaks()
    {
        WriteCertificate();
        var passwords = Path.Combine(Folder, "passwords");
        await File.WriteAllTextAsync(passwords, "mars:open sesame\n", TestContext.Current.CancellationToken);
        Assert.SkipUnless(await RunAsync("mosquitto_passwd", "-U", passwords), "mosquitto_passwd is not on this machine");
        var secret = Path.Combine(Folder, "secret");
        await File.WriteAllTextAsync(secret, "open sesame\n", TestContext.Current.CancellationToken);
        var certificate = Path.Combine(Folder, "certificate.pem");
        // mosquitto gives up root for a user who must read these
        await using var broker = await Mosquitto.StartAsync(
            Folder,
            [$"certfile {certificate}", $"keyfile {Path.Combine(Folder, "key.pem")}", $"password_file {passwords}", "allow_anonymous false", $"user {Environment.UserName}"],
            ["--cafile", certificate, "-u", "mars", "-P", "open sesame"]);
        await using var server = await StartAsync(
            [.. Broker(broker), ("Mars:Events:Mqtt:Tls", "true"), ("Mars:Events:Mqtt:CaFile", certificate), ("Mars:Events:Mqtt:User", "mars"), ("Mars:Events:Mqtt:PasswordFile", secret)]);
        await WaitAsync(() => broker.Messages.Contains("mars/available online"), "that it is there");
    }

    private static (string, string)[] Broker(Mosquitto broker) => [("Mars:Events:Mqtt:Host", "127.0.0.1"), ("Mars:Events:Mqtt:Port", $"{broker.Port}")];

    private static IEnumerable<JsonElement> Payloads(IEnumerable<string> messages, string topic) =>
        messages.Where(m => m.StartsWith($"{topic} ", StringComparison.Ordinal)).Select(m => JsonDocument.Parse(m[(topic.Length + 1)..]).RootElement);

    private void WriteCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(Folder, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(Folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(program, arguments);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
