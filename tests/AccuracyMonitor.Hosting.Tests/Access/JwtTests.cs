using System.Net;
using System.Net.Sockets;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Tls;
using AccuracyMonitor.Tests;
using AccuracyMonitor.Tests.Access;
using AccuracyMonitor.Tests.Tls;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Hosting.Tests.Access;

/// <summary>JSON Web Tokens, by a key set in a file and by an issuer that is asked for its keys.</summary>
public sealed class JwtTests : IDisposable
{
    private const string Subject = $"jwt:{TestIssuer.Subject}";

    private readonly string _folder = Directory.CreateTempSubdirectory("am-jwt-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly LogRecorder<Authenticator> _log = new();
    private readonly LogRecorder<JwtKeys> _keysLog = new();
    private readonly TestIssuer _issuer = new();

    public static TheoryData<string, string> Tokens => new()
    {
        { "good", Subject },
        { "ES256", Subject },
        { "expired 59 s ago", Subject },
        { "expired 61 s ago", Caller.Anonymous },
        { "valid in 59 s", Subject },
        { "valid in 61 s", Caller.Anonymous },
        { "that expires in the year 9999", Subject },
        { "without exp", Caller.Anonymous },
        { "without sub", Caller.Anonymous },
        { "of another issuer", Caller.Anonymous },
        { "for another audience", Caller.Anonymous },
        { "HS256", Caller.Anonymous },
        { "of an unknown key", Caller.Anonymous },
        { "unsigned", Caller.Anonymous },
        { "malformed", Caller.Anonymous },
    };

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task A_token_counts_only_with_issuer_audience_times_algorithm_and_key_right(string kind, string subject)
    {
        await using var server = await StartAsync(o => o.JwtKeysFile = KeysFile());

        (await WhoAsync(server, _issuer.Token(kind, _time.GetUtcNow()))).ShouldBe(subject);
    }

    [Fact]
    public async Task Keys_of_a_changed_file_replace_those_before_them()
    {
        var keys = KeysFile();
        await using var server = await StartAsync(o => o.JwtKeysFile = keys);
        using var rotated = new TestIssuer(hasOwnKey: true);
        var now = _time.GetUtcNow();
        (await WhoAsync(server, rotated.Token("good", now))).ShouldBe(Caller.Anonymous);

        await File.WriteAllTextAsync(keys, rotated.KeySet, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(6));

        (await WhoAsync(server, rotated.Token("good", now))).ShouldBe(Subject);
        (await WhoAsync(server, _issuer.Token("good", now))).ShouldBe(Caller.Anonymous);
    }

    [Fact]
    public async Task A_grant_for_one_model_is_one_for_this_model_alone()
    {
        await using var server = await StartAsync(o => (o.JwtKeysFile, o.Grants) = (KeysFile(), [$"{Subject}=observe@fashion"]));

        (await WhoAsync(server, _issuer.Token("good", _time.GetUtcNow()))).ShouldBe($"{Subject} observes fashion");
    }

    [Fact]
    public async Task Keys_are_fetched_from_the_issuer_with_the_token_of_the_file()
    {
        await using var issuer = await ServeIssuerAsync();
        await using var server = await StartAsync(o => o.JwtFetchTokenFile = FetchTokenFile());

        (await WhoAsync(server, _issuer.Token("good", _time.GetUtcNow()))).ShouldBe(Subject);
        (await WhoAsync(server, _issuer.Token("of an unknown key", _time.GetUtcNow()))).ShouldBe(Caller.Anonymous);
    }

    [Fact]
    public async Task The_issuer_is_the_one_of_the_settings_whatever_its_metadata_says()
    {
        await using var issuer = await ServeIssuerAsync(TestIssuer.Other);
        await using var server = await StartAsync(o => o.JwtFetchTokenFile = FetchTokenFile());

        (await WhoAsync(server, _issuer.Token("of another issuer", _time.GetUtcNow()))).ShouldBe(Caller.Anonymous);
        (await WhoAsync(server, _issuer.Token("good", _time.GetUtcNow()))).ShouldBe(Subject);
    }

    [Fact]
    public async Task Metadata_of_this_machine_cannot_send_for_keys_over_plain_http_to_another()
    {
        await using var issuer = await ServeIssuerAsync();
        var address = _issuer.Name;
        _issuer.Name = address.Replace("127.0.0.1", "keys.example", StringComparison.Ordinal);
        await using var server = await StartAsync(
            o => (o.JwtMetadataAddress, o.JwtFetchTokenFile) = ($"{address}/.well-known/openid-configuration", FetchTokenFile()));

        (await WhoAsync(server, _issuer.Token("good", _time.GetUtcNow()))).ShouldBe(Caller.Anonymous);
        _keysLog.Entries.ShouldContain(e => e.Message.Contains("neither https nor of this machine"));
    }

    [Fact]
    public async Task An_issuer_that_cannot_be_reached_authenticates_nobody_and_breaks_nothing()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        _issuer.Name = $"http://{unused.LocalEndpoint}";
        unused.Stop();
        await using var server = await StartAsync(static _ => { });

        (await WhoAsync(server, _issuer.Token("good", _time.GetUtcNow()))).ShouldBe(Caller.Anonymous);
        _keysLog.Entries.ShouldContain(e => e.Message.StartsWith("The keys of Access:JwtIssuer could not be fetched", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_issuer_that_refuses_its_keys_is_logged_with_its_answer()
    {
        await using var issuer = await ServeIssuerAsync();
        await using var server = await StartAsync(static _ => { });

        (await WhoAsync(server, _issuer.Token("good", _time.GetUtcNow()))).ShouldBe(Caller.Anonymous);
        _keysLog.Entries.ShouldContain(e => e.Message.Contains("could not be fetched") && e.Message.Contains("401"));
    }

    [Fact]
    public async Task Keys_are_fetched_from_an_issuer_whose_certificate_the_authority_of_the_file_has_signed()
    {
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority("stranger");
        var (certificate, key) = authority.Server(_folder);
        await using var issuer = await ServeIssuerAsync(tls: new TlsOptions { CertificateFile = certificate, KeyFile = key });
        var file = stranger.WritePem(_folder);
        await using var server = await StartAsync(o => (o.JwtFetchTokenFile, o.JwtAuthorityFile) = (FetchTokenFile(), file));
        (await WhoAsync(server, _issuer.Token("good", _time.GetUtcNow()))).ShouldBe(Caller.Anonymous);

        authority.WritePem(_folder);
        _time.Advance(TimeSpan.FromSeconds(6));

        // After a failure the next try waits by the system's clock.
        await Eventually.TrueAsync(
            async () => await WhoAsync(server, _issuer.Token("good", _time.GetUtcNow())) == Subject, "the changed file of authorities is used");
    }

    [Fact]
    public async Task Keys_are_not_fetched_from_a_server_whose_certificate_is_for_another_host()
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.Server(_folder, host: "other.example");
        await using var issuer = await ServeIssuerAsync(tls: new TlsOptions { CertificateFile = certificate, KeyFile = key });
        await using var server = await StartAsync(o => (o.JwtFetchTokenFile, o.JwtAuthorityFile) = (FetchTokenFile(), authority.WritePem(_folder)));

        (await WhoAsync(server, _issuer.Token("good", _time.GetUtcNow()))).ShouldBe(Caller.Anonymous);
        _keysLog.Entries.ShouldContain(e => e.Message.Contains("could not be fetched"));
    }

    [Fact]
    public async Task The_issuer_gets_five_seconds_for_its_keys()
    {
        await using var server = await StartAsync(static o => o.JwtIssuer = "https://issuer.example");

        var options = server.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme);
        options.BackchannelTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        options.Backchannel.Timeout.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task No_algorithm_is_taken_whose_key_the_issuer_and_whoever_checks_would_share()
    {
        await using var server = await StartAsync(o => o.JwtKeysFile = KeysFile());

        server.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme)
            .TokenValidationParameters.ValidAlgorithms.ShouldBe(
                ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("expired 61 s ago", "The token expired at 2026-03-01 11:58:59Z")]
    [InlineData("valid in 61 s", "The token is valid from 2026-03-01 12:01:01Z")]
    [InlineData("without exp", "no expiration")]
    [InlineData("without sub", "The token has no subject")]
    [InlineData("of another issuer", "The issuer of the token is not Access:JwtIssuer")]
    [InlineData("for another audience", "Audience validation failed")]
    public async Task Why_a_token_is_refused_is_logged(string kind, string reason)
    {
        await using var server = await StartAsync(o => o.JwtKeysFile = KeysFile());

        await WhoAsync(server, _issuer.Token(kind, _time.GetUtcNow()));

        _log.Entries.ShouldHaveSingleItem().Message.ShouldContain(reason);
    }

    public void Dispose()
    {
        _issuer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string KeysFile() => WriteFile("jwks.json", _issuer.KeySet);

    private string FetchTokenFile() => WriteFile("token", "let-me-in\n");

    private string WriteFile(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<WebApplication> StartAsync(Action<AccessOptions> more)
    {
        var builder = LoopbackServer.Builder();
        builder.Services.AddSingleton<ILogger<Authenticator>>(_log).AddSingleton<ILogger<JwtKeys>>(_keysLog);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddAccess();
        builder.Services.Configure<AccessOptions>(o =>
        {
            (o.JwtIssuer, o.JwtAudience) = (_issuer.Name, TestIssuer.Audience);
            more(o);
        });
        var app = builder.Build();
        var authenticator = app.Services.GetRequiredService<Authenticator>();
        app.Run(async context =>
        {
            var caller = await authenticator.AuthenticateAsync(context, ListenerTrust.Remote);
            var observes = ((string[])["fashion", "other"]).Where(m => caller.May(Roles.Observe, m)).Select(static m => $" observes {m}");
            await context.Response.WriteAsync(caller.Subject + string.Concat(observes));
        });
        await app.StartAsync();
        return app;
    }

    /// <param name="called">How the metadata names the issuer; null: as it is.</param>
    /// <param name="tls">Null: without TLS.</param>
    private async Task<WebApplication> ServeIssuerAsync(string? called = null, TlsOptions? tls = null)
    {
        var app = LoopbackServer.Builder(tls).Build();
        app.Run(context => _issuer.AnswerAsync(context, called));
        await app.StartAsync();
        _issuer.Name = app.Urls.Single();
        return app;
    }

    private static async Task<string> WhoAsync(WebApplication server, string token)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return await http.GetStringAsync(new Uri(server.Urls.Single()), TestContext.Current.CancellationToken);
    }
}
