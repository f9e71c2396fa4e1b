using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Hosting.Tests;

public sealed class SourceHealthTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_file_that_cannot_be_used_is_a_problem_until_it_can()
    {
        File.WriteAllText(_path, "1");
        var file = new FileSnapshot<string>([_path], texts => int.Parse(texts[0]).ToString(), static _ => { }, _time);
        var sources = new SourceHealth();
        sources.Add("Access:TokenFile", () => file.Problem);
        sources.ProblemIn("Access:").ShouldBeNull();

        File.WriteAllText(_path, "none");
        _time.Advance(FileSnapshot<string>.Interval);
        sources.ProblemIn("Access:").ShouldNotBeNull().ShouldStartWith("Access:TokenFile cannot be used, and what it said before counts: ");
        sources.ProblemIn("Listen:Tls").ShouldBeNull();
        file.Current.ShouldBe("1");

        File.WriteAllText(_path, "2");
        _time.Advance(FileSnapshot<string>.Interval);
        sources.ProblemIn("Access:").ShouldBeNull();
        file.Current.ShouldBe("2");
    }

    [Fact]
    public void A_file_that_is_gone_is_a_problem()
    {
        File.WriteAllText(_path, "1");
        var file = new FileSnapshot<string>([_path], static texts => texts[0], static _ => { }, _time);
        File.Delete(_path);
        _time.Advance(FileSnapshot<string>.Interval);
        file.Problem.ShouldNotBeNull();
    }

    public void Dispose() => File.Delete(_path);
}
