using System.Security.Cryptography.X509Certificates;
using AccuracyMonitor.Injector.Certificates;
using CsCheck;

namespace AccuracyMonitor.Injector.Tests.Certificates;

public sealed class RotationTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Names = ["injector.monitoring.svc", "injector"];

    private readonly CertificateRotation _rotation = new(Names, TimeSpan.FromDays(90), TimeSpan.FromDays(30), TimeSpan.FromMinutes(10));

    [Fact]
    public void A_certificate_goes_round_announced_promoted_retired()
    {
        var (state, step) = _rotation.Step(null, published: false, Start)!.Value;
        step.ShouldBe("issued");
        Trusts(state, state.Current, Start).ShouldBeTrue();
        _rotation.Step(state, published: true, Start.AddDays(59)).ShouldBeNull();

        var announcedAt = Start.AddDays(60).AddMinutes(1);
        var (announced, second) = _rotation.Step(state, published: true, announcedAt)!.Value;
        second.ShouldBe("announced");
        announced.Current.ShouldBe(state.Current);
        announced.Authorities.Count.ShouldBe(2);
        _rotation.Step(announced, published: true, announcedAt.AddMinutes(9)).ShouldBeNull("API servers may not know it yet");
        _rotation.Step(announced, published: false, announcedAt.AddHours(9)).ShouldBeNull("and they can't while it is not published");

        var promotedAt = announcedAt.AddMinutes(10);
        var (promoted, third) = _rotation.Step(announced, published: true, promotedAt)!.Value;
        third.ShouldBe("promoted");
        promoted.Current.ShouldBe(announced.Next);
        promoted.Authorities.ShouldBe(announced.Authorities, "another replica may still serve the old one");
        _rotation.Step(promoted, published: true, promotedAt.AddMinutes(9)).ShouldBeNull();

        var (retired, fourth) = _rotation.Step(promoted, published: true, promotedAt.AddMinutes(10))!.Value;
        fourth.ShouldBe("retired");
        retired.Authorities.ShouldHaveSingleItem();
        Trusts(retired, retired.Current, promotedAt.AddMinutes(10)).ShouldBeTrue();
        Trusts(retired, state.Current, promotedAt.AddMinutes(10)).ShouldBeFalse("the old authority is gone");
        _rotation.Step(retired, published: true, promotedAt.AddMinutes(20)).ShouldBeNull();
    }

    [Fact]
    public void After_a_long_absence_a_certificate_that_ended_is_replaced_at_once()
    {
        var (state, _) = _rotation.Step(null, published: false, Start)!.Value;
        var (next, step) = _rotation.Step(state, published: true, Start.AddDays(91))!.Value;
        step.ShouldBe("issued");
        Trusts(next, next.Current, Start.AddDays(91)).ShouldBeTrue();

        var (announced, _) = _rotation.Step(state, published: true, Start.AddDays(61))!.Value;
        _rotation.Step(announced, published: false, Start.AddDays(91))!.Value.Step.ShouldBe("promoted", "what was announced is the best there is");
    }

    [Fact]
    public void A_service_of_another_name_gets_a_certificate_of_its_own()
    {
        var (state, _) = _rotation.Step(null, published: false, Start)!.Value;
        var other = new CertificateRotation(["other.monitoring.svc"], TimeSpan.FromDays(90), TimeSpan.FromDays(30), TimeSpan.FromMinutes(10));

        other.Step(state, published: true, Start.AddDays(1))!.Value.Step.ShouldBe("issued");
    }

    [Fact]
    public void What_the_Secret_holds_is_read_as_it_was_written_and_damage_is_seen()
    {
        var (state, _) = _rotation.Step(null, published: false, Start)!.Value;
        var (announced, _) = _rotation.Step(state, published: true, Start.AddDays(61))!.Value;
        foreach (var written in (CertificateState[])[state, announced])
        {
            var read = CertificateState.FromData(written.ToData()).ShouldNotBeNull();
            (read.Current, read.Next, read.ChangedAt).ShouldBe((written.Current, written.Next, written.ChangedAt));
            read.Authorities.ShouldBe(written.Authorities);
        }

        CertificateState.FromData(null).ShouldBeNull();
        CertificateState.FromData(new Dictionary<string, byte[]>()).ShouldBeNull();
        foreach (var key in announced.ToData().Keys)
        {
            var data = announced.ToData();
            data[key] = "damaged"u8.ToArray();
            CertificateState.FromData(data).ShouldBeNull(key);
        }

        var swapped = announced.ToData();
        (swapped["tls.key"], swapped["next.key"]) = (swapped["next.key"], swapped["tls.key"]);
        CertificateState.FromData(swapped).ShouldBeNull("a key of another certificate");
    }

    /// <summary>Replicas look at different times, some late; API servers learn of a published bundle with a delay. Nobody ever meets an authority it does not
    /// trust.</summary>
    [Fact]
    public void At_no_moment_is_a_certificate_served_that_an_API_server_does_not_trust()
    {
        Gen.Int[0, 9].Array[400].Sample(
            choices =>
            {
                CertificateState? shared = null;
                CertificateState? published = null;
                CertificateState? known = null;
                var served = new CertificateState?[3];
                var now = Start;
                var steps = 0;
                foreach (var choice in choices)
                {
                    // An overlap of ten minutes; looks and news are late by five at most. Now and then nothing is due for days.
                    now += choice == 9 && shared is { Next: null, Authorities.Count: 1 } ? TimeSpan.FromDays(20) : TimeSpan.FromMinutes(5);
                    known = published;
                    for (var replica = 0; replica < served.Length; replica++)
                    {
                        if (choice % 4 == replica && _rotation.Step(
                            shared, published is not null && shared is not null && published.Bundle.SequenceEqual(shared.Bundle), now) is var (next, _))
                        {
                            shared = next;
                            steps++;
                        }

                        if (shared is not null)
                        {
                            served[replica] = shared;
                        }
                    }

                    if (choice % 3 != 0 || published is null)
                    {
                        published = shared;
                    }

                    foreach (var state in served)
                    {
                        if (state is not null && known is not null)
                        {
                            Trusts(known, state.Current, now).ShouldBeTrue();
                        }
                    }
                }

                steps.ShouldBeGreaterThan(3);
            },
            iter: 5, seed: "0000KsVDXxS4", threads: 1);
    }

    /// <summary>As a TLS client would, at a given time.</summary>
    internal static bool Trusts(X509Certificate2Collection authorities, X509Certificate2 certificate, DateTimeOffset at)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        return chain.Build(certificate);
    }

    private static bool Trusts(CertificateState trusting, KeyPair served, DateTimeOffset at)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(System.Text.Encoding.ASCII.GetString(trusting.Bundle));
        using var certificate = served.Open();
        return Trusts(authorities, certificate, at) && certificate.MatchesHostname(Names[0]);
    }
}
