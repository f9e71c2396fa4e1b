using AccuracyMonitor.Bridge.LabelStudio;
using AccuracyMonitor.Bridge.Tests.Support;
using AccuracyMonitor.Bridge.Tools;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Bridge.Tests.LabelStudio;

public sealed class AccessTokensTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly string _file = Path.GetTempFileName();
    private FakeLabelStudio _studio = null!;
    private LabelStudioClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _studio = await FakeLabelStudio.StartAsync(_time);
        _client = new LabelStudioClient(new LabelStudioOptions { Url = _studio.Url, TokenFile = _file }, _time);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _studio.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task A_legacy_token_is_sent_as_it_is()
    {
        await File.WriteAllTextAsync(_file, FakeTokens.Legacy + "\n", Cancel);

        await CallAsync();

        _studio.Tokens.Renewals.ShouldBe(0);
    }

    [Fact]
    public async Task A_personal_access_token_buys_one_access_token_for_all_calls_and_the_next_before_it_ends()
    {
        await File.WriteAllTextAsync(_file, _studio.Tokens.Personal, Cancel);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CallAsync()));
        _studio.Tokens.Renewals.ShouldBe(1);

        _time.Advance(TimeSpan.FromMinutes(4.5));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CallAsync()));
        _studio.Tokens.Renewals.ShouldBe(2);
    }

    [Fact]
    public async Task A_refused_access_token_is_renewed_once_for_all_and_the_call_is_made_again()
    {
        await File.WriteAllTextAsync(_file, _studio.Tokens.Personal, Cancel);
        await CallAsync();
        _studio.Tokens.Revoke();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CallAsync()));

        _studio.Tokens.Renewals.ShouldBe(2);
    }

    [Fact]
    public async Task A_rotated_token_is_read_from_its_file()
    {
        await File.WriteAllTextAsync(_file, _studio.Tokens.Personal, Cancel);
        await CallAsync();
        _studio.Tokens.Rotate();
        _studio.Tokens.Revoke();
        await File.WriteAllTextAsync(_file, _studio.Tokens.Personal, Cancel);

        await CallAsync();

        _studio.Tokens.Renewals.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_wrong_with_a_token_is_said_without_it()
    {
        await File.WriteAllTextAsync(_file, _studio.Tokens.Personal, Cancel);
        var revoked = _studio.Tokens.Personal;
        _studio.Tokens.Rotate();
        var personal = await Should.ThrowAsync<ToolException>(CallAsync);
        await File.WriteAllTextAsync(_file, FakeTokens.Legacy, Cancel);
        _studio.Tokens.LegacyAllowed = false;
        var legacy = await Should.ThrowAsync<ToolException>(CallAsync);
        await File.WriteAllTextAsync(_file, "two words", Cancel);
        var broken = await Should.ThrowAsync<ToolException>(CallAsync);

        personal.Failure.ShouldBe(ToolFailure.Denied);
        personal.Message.ShouldContain("revoked, rotated or has expired");
        personal.ToString().ShouldNotContain(revoked);
        legacy.Failure.ShouldBe(ToolFailure.Denied);
        legacy.ToString().ShouldNotContain(FakeTokens.Legacy);
        broken.Message.ShouldContain("one token of printable ASCII");
    }

    private Task CallAsync() => _client.GetAsync("api/projects/", Cancel);
}
