using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Tests.Support;

namespace AccuracyMonitor.Injector.Tests.Decisions;

public sealed class GoldenTests
{
    // Read by people: no escapes where JSON needs none.
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] All =
        [.. Directory.GetFiles(GoldenCase.Folder, "*.in.json").Select(f => Path.GetFileName(f)[..^".in.json".Length]).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Names => [.. All];

    /// <summary>To write the answers anew, run with ACCURACY_MONITOR_WRITE_GOLDEN set to anything, and read the difference.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_answer_to_a_pod_is_as_it_was(string name)
    {
        var file = Path.Combine(GoldenCase.Folder, name + ".out.json");
        var answer = GoldenCase.Read(name).Answer().ToJsonString(Written) + "\n";
        if (Environment.GetEnvironmentVariable("ACCURACY_MONITOR_WRITE_GOLDEN") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(file, answer);
        }

        answer.Split('\n').ShouldBe((await File.ReadAllTextAsync(file)).Split('\n'));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_patch_only_adds_and_a_patched_pod_is_a_valid_pod_that_is_left_alone(string name)
    {
        var golden = GoldenCase.Read(name);
        var patch = golden.Answer()["patch"]!.AsArray();
        var after = Patched.Apply(golden.Pod, patch);

        if (golden.Decide(golden.Pod).Repair is { } repair)
        {
            patch.ShouldAllBe(o => ((string)o!["path"]!).StartsWith(
                $"/spec/{(repair.IsInit ? "initContainers" : "containers")}/{repair.Index}", StringComparison.Ordinal)
                || (string)o["path"]! == "/spec/containers/-" || ((string)o["path"]!).Contains("accuracy-monitor.io", StringComparison.Ordinal));
        }
        else
        {
            patch.ShouldAllBe(o => (string)o!["op"]! == "add");
            Patched.ShouldContain(after, golden.Pod);
        }

        if (name != "sdk-fields-of-the-future")
        {
            Patched.ParseStrictly(after);
        }

        if (patch.Count > 0 && golden.Decide(golden.Pod).Repair is not { Kind: RepairKind.Remove })
        {
            golden.Decide(after).Reason.ShouldBe(Reason.AlreadyInjected);
        }
    }

    [Fact]
    public void Every_reason_of_a_decision_has_a_golden_pair()
    {
        var seen = All.Select(n => (string)JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenCase.Folder, n + ".out.json")))!["reason"]!).ToHashSet();

        // These two are the serving room's: a request that is no pod's creation, and a defect.
        Reason.All.Except([Reason.NotAPodCreation, Reason.InternalError]).Select(r => r.Name).ShouldBeSubsetOf(seen);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sidecar_passes_the_restricted_pod_security_standard(string name)
    {
        var golden = GoldenCase.Read(name);
        if (golden.Decide(golden.Pod).Plan is null || name == "sdk-fields-of-the-future")
        {
            return;
        }

        var pod = Patched.ParseStrictly(Patched.Apply(golden.Pod, golden.Answer()["patch"]!.AsArray()));
        var sidecar = (pod.Spec.InitContainers ?? []).Concat(pod.Spec.Containers).Single(c => c.Name == SidecarNames.Container);

        sidecar.SecurityContext.RunAsNonRoot.ShouldBe(true);
        sidecar.SecurityContext.RunAsUser.ShouldNotBe(0);
        sidecar.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false);
        sidecar.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true);
        sidecar.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
        sidecar.SecurityContext.Capabilities.Add.ShouldBeNull();
        sidecar.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault");
        sidecar.Ports.ShouldAllBe(p => p.HostPort == null);
        pod.Spec.Volumes.Where(v => v.Name.StartsWith("accuracy-monitor", StringComparison.Ordinal)).ShouldAllBe(v => v.HostPath == null);
        (sidecar.ReadinessProbe is not null).ShouldBe(golden.Decide(golden.Pod).Plan!.Request.Mode == CaptureMode.Tap, "readiness is for bytes that pass");
        sidecar.StartupProbe.ShouldBeNull("it would hold the application back");
    }
}
