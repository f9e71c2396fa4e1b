using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Sidecar.Tests.Wire;
using AccuracyMonitor.Tests.Access;
using AccuracyMonitor.Tests.Tls;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

/// <summary>Who may call what, over real TLS on all addresses.</summary>
public sealed class AccessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-access-").FullName;
    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task Every_method_and_page_has_a_role()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var routes = sidecar.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).Select(EndpointRoles.RouteOf).ToList();

        routes.Count.ShouldBeGreaterThan(20);
        routes.Where(r => SidecarRoles.Table.Of(r) is null).ShouldBeEmpty("give them a role in SidecarRoles");
    }

    [Theory]
    [InlineData("Listen:GrpcPort would take calls on 0.0.0.0 from anybody", "--Listen:GrpcAddress=0.0.0.0", "--Listen:GrpcPort=0")]
    [InlineData("Listen:HttpPort would answer on 0.0.0.0 to anybody", "--Listen:Address=0.0.0.0", "--Listen:GrpcPort=-1")]
    [InlineData("Listen:HttpPort would answer on :: to anybody", "--Listen:Address=::", "--Listen:GrpcPort=-1")]
    [InlineData("Sink:Port would take events on 0.0.0.0 from anybody", "--Sink:Address=0.0.0.0", "--Sink:Port=0")]
    public async Task A_port_beyond_this_machine_without_authentication_does_not_start(string message, params string[] settings)
    {
        await using var app = SidecarApplication.Build([.. TestSidecar.Settings(_folder), .. settings]);

        Should.Throw<OptionsValidationException>(() => app.Services.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("--Listen:Address=0.0.0.0")]
    [InlineData("--Access:JwtIssuer=https://issuer.example", "--Access:JwtAuthorityFile=missing.crt")]
    public async Task The_process_ends_with_64(params string[] settings) => (await SidecarHost.RunAsync(
        [.. TestSidecar.Settings(_folder), .. settings], TestContext.Current.CancellationToken)).ShouldBe(ExitCodes.Usage);

    [Fact]
    public async Task Metrics_alone_may_be_open_to_anybody()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Listen:Address=0.0.0.0", "--Listen:AnonymousMetrics=true");

        (await StatusAsync(sidecar, "/metrics")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(sidecar, "/healthz")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(sidecar, "/estimates")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_has_the_roles_of_its_grants_and_nobody_else_has_any()
    {
        await using var sidecar = await StartAsync("--Access:Grants:0=token:app=observe@m", "--Access:Grants:1=token:ann=label,read");
        using var nobody = Channel(sidecar, token: null);
        using var wrong = Channel(sidecar, "guess");
        using var app = Channel(sidecar, "app-token");
        using var annotator = Channel(sidecar, "ann-token");

        (await ScoreAsync(nobody, "m")).ShouldBe(StatusCode.Unauthenticated);
        (await ScoreAsync(wrong, "m")).ShouldBe(StatusCode.Unauthenticated);
        (await ScoreAsync(annotator, "m")).ShouldBe(StatusCode.PermissionDenied);
        (await ScoreAsync(app, "other")).ShouldBe(StatusCode.PermissionDenied);
        (await ScoreAsync(app, "m")).ShouldBe(StatusCode.OK);
        (await LeaseAsync(app)).ShouldBe(StatusCode.PermissionDenied);
        (await LeaseAsync(annotator)).ShouldBe(StatusCode.OK);
        (await StatusOfAsync(() => new MonitorService.MonitorServiceClient(annotator).RollBackMonitorAsync(
            new RollBackMonitorRequest { Model = "m", Version = "1" }).ResponseAsync)).ShouldBe(StatusCode.PermissionDenied);
        (await StatusOfAsync(() => new Health.HealthClient(nobody).CheckAsync(new HealthCheckRequest()).ResponseAsync))
            .ShouldBe(StatusCode.OK);
    }

    [Fact]
    public async Task Who_may_be_asked_for_an_opinion_does_not_see_the_label_and_who_gave_it_does()
    {
        await using var sidecar = await StartAsync(
            "--Access:Grants:0=token:app=observe,label,administer", "--Access:Grants:1=token:ann=label,read", "--Sampling:Budget=1",
            "--Sampling:Policy=Uniform", "--Labelling:SecondOpinionShare=1");
        using var app = Channel(sidecar, "app-token");
        using var annotator = Channel(sidecar, "ann-token");
        (await ScoreAsync(app, "m")).ShouldBe(StatusCode.OK);
        var (ops, ann) = (new LabelService.LabelServiceClient(app), new LabelService.LabelServiceClient(annotator));
        var all = await ListAsync(ops);
        await AnswerAsync(ops, all[0], "eve");
        await AnswerAsync(ann, all[1], "");

        (await ListAsync(ops)).Select(r => (r.HasLabel, r.Annotator, r.Withheld)).Take(2).ShouldBe([(true, "eve", false), (true, "token:ann", false)]);
        (await ListAsync(ops, withhold: true)).ShouldAllBe(r => !r.HasLabel && r.Annotator == "" && r.Withheld == (r.State == RequestState.Answered));
        (await ListAsync(ann)).Select(r => (r.HasLabel, r.Annotator, r.Withheld)).Take(2).ShouldBe([(false, "", true), (true, "token:ann", false)]);
        (await ListAsync(ann, by: "eve")).ShouldBeEmpty("that would say who gave the label");

        var lease = (await ann.LeaseAsync(new LeaseRequest(), cancellationToken: TestContext.Current.CancellationToken)).Items.Single();
        (lease.Opinion, lease.PredictionId).ShouldBe((2u, all[0].PredictionId));
        (await ListAsync(ann))[0].HasLabel.ShouldBeFalse("the opinion is leased, and not given");
        await ann.CompleteAsync(
            new CompleteRequest { Answers = { new Answer { LeaseId = lease.LeaseId, Label = 1 } } }, cancellationToken: TestContext.Current.CancellationToken);
        (await ListAsync(ann))[0].Label.ShouldBe(1u, "both agree, and nobody is asked any more");

        static async Task<IReadOnlyList<ListedRequest>> ListAsync(LabelService.LabelServiceClient labels, bool withhold = false, string by = "") =>
            (await labels.ListRequestsAsync(
                new ListRequestsRequest { Model = "m", Withhold = withhold, Annotator = by },
                cancellationToken: TestContext.Current.CancellationToken)).Requests;

        static async Task AnswerAsync(LabelService.LabelServiceClient labels, ListedRequest request, string annotator) => (await labels.CompleteAsync(
            new CompleteRequest
            {
                Answers =
                {
                    new Answer { Model = request.Model, Version = request.Version, PredictionId = request.PredictionId, Label = 1, Annotator = annotator },
                },
            },
            cancellationToken: TestContext.Current.CancellationToken)).Outcomes.Single().Code.ShouldBe(OutcomeCode.Ok);
    }

    [Fact]
    public async Task The_audit_trail_names_the_subject_and_is_read_by_who_may_administer_what_he_asks_for()
    {
        await using var sidecar = await StartAsync("--Access:Grants:0=token:app=administer@m", "--Access:Grants:1=token:ann=observe,read,label");
        using var app = Channel(sidecar, "app-token");
        using var annotator = Channel(sidecar, "ann-token");
        (await ScoreAsync(annotator, "m")).ShouldBe(StatusCode.OK);
        await new MonitorService.MonitorServiceClient(sidecar.Channel).RegisterMonitorAsync(new RegisterMonitorRequest
        {
            Model = "m",
            Version = "8",
            Onnx = SomeMonitor(),
        }, cancellationToken: TestContext.Current.CancellationToken);
        await new MonitorService.MonitorServiceClient(app).RegisterMonitorAsync(new RegisterMonitorRequest
        {
            Model = "m",
            Version = "9",
            Onnx = SomeMonitor(),
        }, cancellationToken: TestContext.Current.CancellationToken);

        (await ListAsync(annotator, "m")).ShouldBe(StatusCode.PermissionDenied);
        (await ListAsync(app, "")).ShouldBe(StatusCode.PermissionDenied, "an empty model means all");
        (await ListAsync(app, "other")).ShouldBe(StatusCode.PermissionDenied);
        var trail = await new AuditService.AuditServiceClient(app).ListAuditEntriesAsync(
            new ListAuditEntriesRequest { Model = "m" }, cancellationToken: TestContext.Current.CancellationToken);
        trail.Entries.Select(e => (e.Version, e.Actor)).ShouldBe([("9", "token:app"), ("8", "local")]);
        IPAddress.IsLoopback(IPAddress.Parse(trail.Entries[0].PeerAddress)).ShouldBeTrue();
        trail.Entries[1].PeerAddress.ShouldBe("unix");

        static Task<StatusCode> ListAsync(GrpcChannel channel, string model) => StatusOfAsync(
            () => new AuditService.AuditServiceClient(channel).ListAuditEntriesAsync(new ListAuditEntriesRequest { Model = model }).ResponseAsync);
    }

    [Fact]
    public async Task A_stream_refuses_batches_of_other_models_and_goes_on()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await StartAsync("--Access:Grants:0=token:app=observe@m");
        using var app = Channel(sidecar, "app-token");
        using var call = new PredictionService.PredictionServiceClient(app).Observe(cancellationToken: cancel);
        List<int> codes = [];
        foreach (var model in (string[])["other", "m"])
        {
            await call.RequestStream.WriteAsync(new ObserveRequest { Batch = Batches.Of(Batches.Softmax(2, 4, 1), model: model) }, cancel);
            await call.ResponseStream.MoveNext(cancel);
            codes.Add(call.ResponseStream.Current.Error?.Code ?? 0);
        }

        codes.ShouldBe([(int)StatusCode.PermissionDenied, 0]);
    }

    [Fact]
    public async Task Refusals_of_other_models_are_counted_as_forbidden()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await StartAsync("--Access:Grants:0=token:app=observe,label,read@m");
        var forbidden = sidecar.Services.GetRequiredService<MetricRegistry>().Find("accuracy_monitor_denied_calls_total")!;
        using var app = Channel(sidecar, "app-token");
        Forbidden().ShouldBe(0);

        (await ScoreAsync(app, "other")).ShouldBe(StatusCode.PermissionDenied);
        Forbidden().ShouldBe(1);
        (await QueueAsync(app)).ShouldBe(StatusCode.PermissionDenied, "an empty model means all");
        Forbidden().ShouldBe(2);
        var retract = new RetractRequest { Annotator = "ann", Predictions = { new PredictionRef { Model = "other", Version = "1", PredictionId = "a" } } };
        (await StatusOfAsync(() => new LabelService.LabelServiceClient(app).RetractAsync(retract).ResponseAsync)).ShouldBe(StatusCode.PermissionDenied);
        Forbidden().ShouldBe(3);
        using var call = new PredictionService.PredictionServiceClient(app).Observe(cancellationToken: cancel);
        await call.RequestStream.WriteAsync(new ObserveRequest { Batch = Batches.Of(Batches.Softmax(2, 4, 1), model: "other") }, cancel);
        await call.ResponseStream.MoveNext(cancel);
        Forbidden().ShouldBe(4);

        double Forbidden() => forbidden.Snapshot.Single(static s => s.Labels[0] == "forbidden").Value;
    }

    [Theory]
    [InlineData("/estimates", "text/plain")]
    [InlineData("/estimates", "application/grpc")]
    [InlineData("/metrics", "application/grpc")]
    public async Task A_page_of_all_models_is_refused_to_a_role_for_one_whatever_the_headers_say(string page, string contentType)
    {
        await using var sidecar = await StartAsync("--Access:Grants:0=token:app=read@m", "--Access:Grants:1=token:ann=read");

        (await PageAsync("app-token")).ShouldBe("refused");
        (await PageAsync("ann-token")).ShouldBe("OK");

        async Task<string> PageAsync(string token)
        {
            using var http = new HttpClient(Handler());
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://localhost:{Port(sidecar, ListenerUse.Http)}{page}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Content = new StringContent("", new MediaTypeHeaderValue(contentType));
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode == HttpStatusCode.Forbidden || response.Headers.Contains("grpc-status") ? "refused" : $"{response.StatusCode}";
        }
    }

    [Fact]
    public async Task A_json_web_token_is_a_subject()
    {
        using var issuer = new TestIssuer();
        var keys = Path.Combine(_folder, "jwks.json");
        await File.WriteAllTextAsync(keys, issuer.KeySet, TestContext.Current.CancellationToken);
        await using var sidecar = await StartAsync(
            $"--Access:JwtIssuer={issuer.Name}", $"--Access:JwtKeysFile={keys}", $"--Access:Grants:0=jwt:{TestIssuer.Subject}=observe@m");
        using var web = Channel(sidecar, issuer.Token("good", DateTimeOffset.UtcNow));
        using var late = Channel(sidecar, issuer.Token("expired 61 s ago", DateTimeOffset.UtcNow));

        (await ScoreAsync(web, "m")).ShouldBe(StatusCode.OK);
        (await ScoreAsync(web, "other")).ShouldBe(StatusCode.PermissionDenied);
        (await ScoreAsync(late, "m")).ShouldBe(StatusCode.Unauthenticated);
    }

    [Fact]
    public async Task A_client_certificate_is_a_subject()
    {
        await using var sidecar = await StartAsync(
            $"--Listen:Tls:ClientAuthorityFile={_authority.WritePem(_folder)}", "--Access:Grants:0=cert:spiffe://shop/web=observe");
        var (certificate, key) = _authority.Client(_folder, "web", "spiffe://shop/web");
        var (otherCertificate, otherKey) = _authority.Client(_folder, "other", "spiffe://shop/other");
        using var web = Channel(sidecar, token: null, certificate, key);
        using var other = Channel(sidecar, token: null, otherCertificate, otherKey);

        (await ScoreAsync(web, "m")).ShouldBe(StatusCode.OK);
        (await ScoreAsync(other, "m")).ShouldBe(StatusCode.PermissionDenied);
    }

    [Fact]
    public async Task A_changed_token_file_lets_new_tokens_in_and_old_ones_no_longer()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var sidecar = await TestSidecar.StartOnAsync(time, [.. Secured(), "--Access:Grants:0=*=read"]);
        using var old = Channel(sidecar, "app-token");
        using var fresh = Channel(sidecar, "new-token");
        (await QueueAsync(old)).ShouldBe(StatusCode.OK);
        (await QueueAsync(fresh)).ShouldBe(StatusCode.Unauthenticated);

        await File.WriteAllTextAsync(Path.Combine(_folder, "tokens"), Line("app", "new-token"), TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(6));

        (await QueueAsync(old)).ShouldBe(StatusCode.Unauthenticated);
        (await QueueAsync(fresh)).ShouldBe(StatusCode.OK);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_streams_end_when_their_token_is_no_longer_valid(bool jwt)
    {
        var cancel = TestContext.Current.CancellationToken;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var issuer = new TestIssuer();
        var keys = Path.Combine(_folder, "jwks.json");
        await File.WriteAllTextAsync(keys, issuer.KeySet, cancel);
        await using var sidecar = await TestSidecar.StartOnAsync(
            time, [.. Secured(), $"--Access:JwtIssuer={issuer.Name}", $"--Access:JwtKeysFile={keys}", "--Access:Grants:0=*=read,observe"]);
        using var app = Channel(sidecar, jwt ? issuer.Token("good", time.GetUtcNow()) : "app-token");
        using var other = Channel(sidecar, "ann-token");
        using var observe = new PredictionService.PredictionServiceClient(app).Observe(cancellationToken: cancel);
        using var queue = new LabelService.LabelServiceClient(app).Watch(new WatchRequest(), cancellationToken: cancel);
        using var estimates = new EstimateService.EstimateServiceClient(app).WatchEstimates(new WatchEstimatesRequest(), cancellationToken: cancel);
        using var stays = new PredictionService.PredictionServiceClient(other).Observe(cancellationToken: cancel);
        await observe.RequestStream.WriteAsync(new ObserveRequest { Batch = Batches.Of(Batches.Softmax(2, 4, 1)) }, cancel);
        (await observe.ResponseStream.MoveNext(cancel)).ShouldBeTrue();
        (await queue.ResponseStream.MoveNext(cancel)).ShouldBeTrue();

        await File.WriteAllTextAsync(Path.Combine(_folder, "tokens"), Line("ann", "ann-token"), cancel);
        var streams = Task.WhenAll(EndAsync(observe.ResponseStream), EndAsync(queue.ResponseStream), EndAsync(estimates.ResponseStream));
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(jwt ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(6));
                return Task.FromResult(streams.IsCompleted);
            },
            "the streams end");

        (await streams).ShouldBe([StatusCode.Unauthenticated, StatusCode.Unauthenticated, StatusCode.Unauthenticated]);
        await stays.RequestStream.WriteAsync(new ObserveRequest { Batch = Batches.Of(Batches.Softmax(2, 4, 1)) }, cancel);
        (await stays.ResponseStream.MoveNext(cancel)).ShouldBeTrue("the other token is in the file");

        async Task<StatusCode> EndAsync<T>(IAsyncStreamReader<T> stream)
        {
            try
            {
                while (await stream.MoveNext(cancel))
                {
                }

                return StatusCode.OK;
            }
            catch (RpcException e)
            {
                return e.StatusCode;
            }
        }
    }

    [Fact]
    public async Task An_emptied_token_file_revokes_every_token_and_a_deleted_one_revokes_none()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var sidecar = await TestSidecar.StartOnAsync(time, [.. Secured(), "--Access:Grants:0=*=read"]);
        var tokens = Path.Combine(_folder, "tokens");
        using var app = Channel(sidecar, "app-token");

        File.Delete(tokens);
        time.Advance(TimeSpan.FromSeconds(6));
        (await QueueAsync(app)).ShouldBe(StatusCode.OK, "a file that cannot be read may be in replacement");
        await File.WriteAllTextAsync(tokens, "", TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(6));
        (await QueueAsync(app)).ShouldBe(StatusCode.Unauthenticated);
    }

    [Fact]
    public async Task An_anonymous_listener_is_counted()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Listen:Address=0.0.0.0", "--Listen:GrpcPort=0", "--Listen:AllowAnonymous=true");

        sidecar.Services.GetRequiredService<ListenerAccess>().Anonymous.ShouldBe([ListenerUse.Grpc, ListenerUse.Http]);
        (await StatusAsync(sidecar, "/estimates")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Curl_reaches_the_pages_with_authority_and_token()
    {
        await using var sidecar = await StartAsync("--Access:Grants:0=token:ann=read");
        var address = $"https://localhost:{Port(sidecar, ListenerUse.Http)}";

        var output = await Script.RunAsync(
            _folder,
            """
            curl -sS --cacert ca.pem -o /dev/null -w '%{http_code} ' "$ADDRESS/healthz"
            curl -sS --cacert ca.pem -o /dev/null -w '%{http_code} ' "$ADDRESS/metrics"
            curl -sS --cacert ca.pem -o /dev/null -w '%{http_code} ' -H 'Authorization: Bearer guess' "$ADDRESS/metrics"
            curl -sS --cacert ca.pem -o /dev/null -w '%{http_code} ' -H 'Authorization: Bearer ann-token' "$ADDRESS/metrics"
            curl -sS --cacert ca.pem -o /dev/null -w '%{http_code} ' -H 'Authorization: Bearer app-token' "$ADDRESS/estimates"
            curl -sS "$ADDRESS/healthz" 2> /dev/null || echo untrusted
            """,
            ("ADDRESS", address));

        output.Trim().ShouldBe("200 401 401 200 403 untrusted");
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<TestSidecar> StartAsync(params string[] settings) => TestSidecar.StartAsync([.. Secured(), .. settings]);

    private string[] Secured()
    {
        var (certificate, key) = _authority.Server(_folder);
        _authority.WritePem(_folder);
        var tokens = Path.Combine(_folder, "tokens");
        File.WriteAllText(tokens, Line("app", "app-token") + Line("ann", "ann-token"));
        return
        [
            "--Listen:Address=0.0.0.0", "--Listen:GrpcPort=0", $"--Listen:Tls:CertificateFile={certificate}", $"--Listen:Tls:KeyFile={key}",
            $"--Access:TokenFile={tokens}",
        ];
    }

    private static string Line(string name, string token) => $"{name} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}\n";

    private static int Port(TestSidecar sidecar, ListenerUse use) => new Uri(
        sidecar.Services.GetRequiredService<Listeners>().Addresses.Last(a => a.Use == use).Address).Port;

    private GrpcChannel Channel(TestSidecar sidecar, string? token, string? certificate = null, string? key = null)
    {
        var handler = Handler();
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPemFile(certificate, key), null, offline: true);
        }

        var options = new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true };
        if (token is not null)
        {
            options.Credentials = ChannelCredentials.Create(ChannelCredentials.SecureSsl, CallCredentials.FromInterceptor((_, metadata) =>
            {
                metadata.Add("Authorization", $"Bearer {token}");
                return Task.CompletedTask;
            }));
        }

        return GrpcChannel.ForAddress($"https://localhost:{Port(sidecar, ListenerUse.Grpc)}", options);
    }

    private SocketsHttpHandler Handler()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem(_authority.Pem);
        return handler;
    }

    private static ByteString SomeMonitor()
    {
        var (shape, weights) = TernaryFile.Read(MonitorServiceTests.TernaryMonitor());
        return ByteString.CopyFrom(MonitorFile.Write(shape, weights.ToDense()).Onnx);
    }

    private static Task<StatusCode> ScoreAsync(GrpcChannel channel, string model) => StatusOfAsync(() => new PredictionService.PredictionServiceClient(channel)
        .ScoreAsync(new ScoreRequest { Batch = Batches.Of(Batches.Softmax(2, 4, 1), model: model) }).ResponseAsync);

    private static Task<StatusCode> LeaseAsync(GrpcChannel channel) =>
        StatusOfAsync(() => new LabelService.LabelServiceClient(channel).LeaseAsync(new LeaseRequest { MaxItems = 1 }).ResponseAsync);

    private static Task<StatusCode> QueueAsync(GrpcChannel channel) =>
        StatusOfAsync(() => new LabelService.LabelServiceClient(channel).GetQueueAsync(new GetQueueRequest()).ResponseAsync);

    private static async Task<StatusCode> StatusOfAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(TestSidecar sidecar, string path)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{Port(sidecar, ListenerUse.Http)}{path}"));
        return response.StatusCode;
    }
}
