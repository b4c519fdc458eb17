using System.Text.Json;
using System.Text.RegularExpressions;
using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Kubernetes;

/// <summary>There is no Helm and no cluster here: the chart is rendered by a small reader of templates, and what comes out is checked against the code and itself.</summary>
public sealed partial class ChartTests
{
    private static readonly (string, object)[] Everything =
    [
        ("gpu.enabled", true), ("models.existingClaim", "models"), ("secretSettings", "mars-secrets"), ("security.tlsSecret", "mars-tls"), ("security.allowAnonymous", false), ("autoscaling.kind", "keda"), ("serviceMonitor.enabled", true),
        ("serviceMonitor.labels", new Dictionary<object, object?> { ["release"] = "prometheus" }), ("prepare.enabled", true), ("prepare.claim", "videos"),
        ("nodeSelector", new Dictionary<object, object?> { ["pool"] = "gpu" }), ("image.pullSecrets", Yaml.ReadAll("- name: registry")[0]),
        ("networkPolicy.metrics", Yaml.ReadAll("- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}")[0]),
    ];

    // Kinds, and the versions of the API in which they are served (Kubernetes 1.29 and newer, KEDA 2, Prometheus operator).
    private static readonly Dictionary<string, string> Known = new()
    {
        ["Deployment"] = "apps/v1",
        ["Service"] = "v1",
        ["PodDisruptionBudget"] = "policy/v1",
        ["NetworkPolicy"] = "networking.k8s.io/v1",
        ["Job"] = "batch/v1",
        ["HorizontalPodAutoscaler"] = "autoscaling/v2",
        ["ScaledObject"] = "keda.sh/v1alpha1",
        ["ServiceMonitor"] = "monitoring.coreos.com/v1",
    };

    public static TheoryData<string> Variants => ["default", "everything", "hpa"];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Objects_Each_KnownKindOnceAndOurs(string variant)
    {
        var objects = Render(variant);

        Assert.All(objects, o => Assert.Equal(Known.GetValueOrDefault(o.Text("kind")), o.Text("apiVersion")));
        Assert.All(objects, o => Assert.Matches("^[a-z]([-a-z0-9]*[a-z0-9])?$", o.Text("metadata.name")));
        Assert.All(objects, o => Assert.Equal("mars", o.Map("metadata.labels")["app.kubernetes.io/instance"]));
        Assert.Distinct(objects.Select(o => (o.Text("kind"), o.Text("metadata.name"))));
    }

    [Fact]
    public void Objects_AsTheValuesSay()
    {
        Assert.Equal(["Deployment", "NetworkPolicy", "PodDisruptionBudget", "Service", "Service"], Kinds("default"));
        Assert.Equal(["Deployment", "Job", "NetworkPolicy", "PodDisruptionBudget", "ScaledObject", "Service", "Service", "ServiceMonitor"], Kinds("everything"));
        Assert.Equal(["Deployment", "HorizontalPodAutoscaler", "NetworkPolicy", "PodDisruptionBudget", "Service", "Service"], Kinds("hpa"));
        Assert.Equal("2", Render("default").Of("Deployment").Text("spec.replicas"));
        Assert.Empty(Render("everything").Of("Deployment").Text("spec.replicas")); // or each upgrade would undo the autoscaler's work
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Selectors_FindTheServersAndNothingElse(string variant)
    {
        var objects = Render(variant);
        var pod = objects.Of("Deployment").Map("spec.template.metadata.labels");
        var selectors = objects.Where(o => o.Text("kind") is not ("Job" or "ServiceMonitor")).SelectMany(o => Yaml.Everywhere(o, "selector").Concat(Yaml.Everywhere(o, "podSelector")))
            .Select(s => s.At("matchLabels") is null ? s.Map("") : s.Map("matchLabels")).Where(s => s.Count > 0).ToList();

        Assert.NotEmpty(selectors);
        Assert.All(selectors, s => Assert.Subset(pod.ToHashSet(), s.ToHashSet()));
        Assert.All(objects.Where(o => o.Text("kind") == "Job"), job => Assert.All(selectors, s => Assert.False(s.ToHashSet().IsSubsetOf(job.Map("spec.template.metadata.labels").ToHashSet()))));
    }

    [Fact]
    public void ServiceMonitor_FindsOneServiceAndItsPort()
    {
        var objects = Render("everything");
        var selector = objects.Of("ServiceMonitor").Map("spec.selector.matchLabels").ToHashSet();
        var service = Assert.Single(objects, o => o.Text("kind") == "Service" && selector.IsSubsetOf(o.Map("metadata.labels").ToHashSet()) && !o.Map("metadata.labels").ContainsKey("app.kubernetes.io/component"));

        Assert.Equal(service.Text("spec.ports.0.name"), objects.Of("ServiceMonitor").Text("spec.endpoints.0.port"));
        Assert.Contains(objects.Of("ServiceMonitor").Text("spec.endpoints.0.path"), Paths());
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Container_PortsProbesAndVolumes_FitTogether(string variant)
    {
        var objects = Render(variant);
        var pod = objects.Of("Deployment").At("spec.template.spec");
        var container = pod.At("containers.0");
        var port = container.Text("ports.0.name");

        Assert.EndsWith($":{container.Text("ports.0.containerPort")}", Variables(container)["ASPNETCORE_URLS"], StringComparison.Ordinal);
        foreach (var probe in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
        {
            Assert.Equal(port, container.Text($"{probe}.httpGet.port"));
            Assert.Contains(container.Text($"{probe}.httpGet.path"), Paths());
        }
        Assert.All(objects.Where(o => o.Text("kind") == "Service"), s => Assert.Equal(port, s.Text("spec.ports.0.targetPort")));
        Assert.Equal(port, objects.Of("NetworkPolicy").Text("spec.ingress.0.ports.0.port"));
        Assert.Equal(pod.List("volumes").Select(v => v.Text("name")).Order(), container.List("volumeMounts").Select(v => v.Text("name")).Order());
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Pods_AreHardened(string variant)
    {
        foreach (var pod in Render(variant).Where(o => o.Text("kind") is "Deployment" or "Job").Select(o => o.At("spec.template.spec")))
        {
            Assert.Equal(true, pod.At("securityContext.runAsNonRoot"));
            Assert.Equal(false, pod.At("automountServiceAccountToken"));
            Assert.Equal(true, pod.At("containers.0.securityContext.readOnlyRootFilesystem"));
            Assert.Equal(false, pod.At("containers.0.securityContext.allowPrivilegeEscalation"));
            Assert.Equal(["ALL"], pod.List("containers.0.securityContext.capabilities.drop"));
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Settings_Exist(string variant) => Assert.Empty(Settings.Unknown(Render(variant).SelectMany(o => Yaml.Everywhere(o, "env")).SelectMany(e => e.List("").Select(v => v.Text("name")))));

    [Fact]
    public void Settings_OfComments_Exist() =>
        Assert.Empty(Settings.Unknown(Regex.Matches(Repository.Read("deploy", "kubernetes", "values.yaml"), @"\bMars__\w+").Select(m => m.Value)));

    [Fact]
    public void Drain_FitsBetweenNoticeAndKill()
    {
        var pod = Render("default").Of("Deployment").At("spec.template.spec");
        var notice = int.Parse(pod.Text("containers.0.lifecycle.preStop.exec.command.1"));
        var drain = int.Parse(Variables(pod.At("containers.0"))["Mars__Streams__DrainSeconds"]);

        Assert.True(int.Parse(pod.Text("terminationGracePeriodSeconds")) > notice + drain);
        Assert.True(notice > 2 * int.Parse(pod.Text("containers.0.readinessProbe.periodSeconds")));
    }

    [Fact]
    public void Tls_CertificateIsMountedAndEveryoneAsksByHttps()
    {
        var pod = Render("everything").Of("Deployment").At("spec.template.spec");
        var variables = Variables(pod.At("containers.0"));
        var mount = pod.List("containers.0.volumeMounts").Single(m => m.Text("name") == "tls").Text("mountPath");

        Assert.Equal("mars-tls", pod.List("volumes").Single(v => v.Text("name") == "tls").Text("secret.secretName"));
        Assert.Equal(($"{mount}/tls.crt", $"{mount}/tls.key"), (variables["Mars__Tls__Certificate"], variables["Mars__Tls__Key"]));
        Assert.StartsWith("https://", variables["ASPNETCORE_URLS"], StringComparison.Ordinal);
        Assert.DoesNotContain("Mars__Security__AllowPlain", variables.Keys);
        Assert.Equal("false", variables["Mars__Security__AllowAnonymous"]);
        Assert.All(Yaml.Everywhere(pod, "httpGet"), probe => Assert.Equal("HTTPS", probe.Text("scheme")));
        Assert.Equal("https", Render("everything").Of("ServiceMonitor").Text("spec.endpoints.0.scheme"));
    }

    [Fact]
    public void Gpu_AsksForOneAndUsesIt()
    {
        var container = Render("everything").Of("Deployment").At("spec.template.spec.containers.0");

        Assert.Equal("1", container.Map("resources.limits")["nvidia.com/gpu"]);
        Assert.Equal("Cuda", Variables(container)["Mars__Models__Provider"]);
        Assert.StartsWith("mars-server-gpu:", container.Text("image"), StringComparison.Ordinal);
        Assert.DoesNotContain("nvidia.com/gpu", Render("default").Of("Deployment").Map("spec.template.spec.containers.0.resources.limits").Keys);
    }

    [Fact]
    public void Autoscaling_ScalesTheDeploymentByWhatTheServerMeasures()
    {
        var keda = Render("everything").Of("ScaledObject");

        Assert.Equal("mars", keda.Text("spec.scaleTargetRef.name"));
        Assert.Equal("0.7", keda.Text("spec.triggers.0.metadata.threshold"));
        Assert.Contains("namespace=\"cameras\",service=\"mars\"", keda.Text("spec.triggers.0.metadata.query"), StringComparison.Ordinal);
        Assert.Equal("mars", Render("hpa").Of("HorizontalPodAutoscaler").Text("spec.scaleTargetRef.name"));
    }

    [Fact]
    public void Values_FitTheSchemaAndTheSchemaKnowsThem()
    {
        using var schema = JsonDocument.Parse(Repository.Read("deploy", "kubernetes", "values.schema.json"));

        Assert.Empty(Schema.Faults(schema.RootElement, Chart.Values));
        var wrong = Yaml.Read(Repository.Read("deploy", "kubernetes", "values.yaml").Replace("kind: none", "kind: magic", StringComparison.Ordinal).Replace("replicas: 2\n", "replicaz: 0\n", StringComparison.Ordinal));
        Assert.Equal(["values.autoscaling.kind", "values.replicas is missing", "values.replicaz is not known"], Schema.Faults(schema.RootElement, wrong).Select(f => f.Split(" is none")[0]).Order());
    }

    [Fact]
    public void Notes_AreRendered() => Assert.Contains("mars-replicas.cameras.svc:5150", Chart.Files().Single(f => f.Name == "NOTES.txt").Text, StringComparison.Ordinal);

    [Fact]
    public void Prepare_WithoutAVolume_SaysWhatIsMissing() =>
        Assert.Contains("prepare.claim", Assert.Throws<InvalidOperationException>(() => Chart.Render(("prepare.enabled", true))).Message, StringComparison.Ordinal);

    internal static IReadOnlyList<object> Render(string variant) => variant switch
    {
        "everything" => Chart.Render(Everything),
        "hpa" => Chart.Render(("autoscaling.kind", "hpa")),
        _ => Chart.Render(),
    };

    private static IEnumerable<string> Kinds(string variant) => Render(variant).Select(o => o.Text("kind")).Order();

    private static Dictionary<string, string> Variables(object? container) => container.List("env").ToDictionary(v => v.Text("name"), v => v.Text("value"));

    // What the server maps. That it answers there is tested by its own tests.
    private static HashSet<string> Paths() =>
        [.. Directory.GetFiles(Repository.Of("src", "Mars.Server"), "*.cs", SearchOption.AllDirectories).SelectMany(f => Mapped().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))];

    [GeneratedRegex("""\.Map(?:Get|PrometheusScrapingEndpoint)\("(/[^"]*)""")]
    private static partial Regex Mapped();
}
