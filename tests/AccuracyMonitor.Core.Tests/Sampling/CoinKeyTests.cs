using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class CoinKeyTests
{
    private static readonly ModelKey Fashion = new("fashion", "1");

    // Aumasson and Bernstein 2012, "SipHash: a fast short-input PRF": key 00 01 … 0f, message 00 01 … (length − 1). Length 15 is appendix A, the
    // others are from the authors' vectors.h.
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(1, 0x74f839c593dc67fd)]
    [InlineData(7, 0xab0200f58b01d137)]
    [InlineData(8, 0x93f5f5799a932462)]
    [InlineData(15, 0xa129ca6149be45e5)]
    public void The_hash_is_siphash_2_4(int length, ulong expected) =>
        new KeyedHash(0x0706050403020100, 0x0f0e0d0c0b0a0908).OfBytes([.. Enumerable.Range(0, length).Select(i => (byte)i)]).ShouldBe(expected);

    // Recomputed with Python: hmac, hashlib and an independent SipHash.
    [Theory]
    [InlineData(0ul, "fashion", "1", "p-1", 0x1e6dac5fcdb13317ul)]
    [InlineData(7ul, "fashion", "1", "p-1", 0x9bb500c8861b4d24ul)]
    [InlineData(7ul, "fashion", "ü", "p-2", 0xb8c26fa372cf8767ul)]
    public void A_seeded_decision_is_the_same_on_every_machine(ulong seed, string model, string version, string id, ulong expected) =>
        CoinKey.FromSeed(seed).Decisions(new ModelKey(model, version)).Of(id).ShouldBe(expected);

    [Fact]
    public void Random_numbers_of_consecutive_ids_are_uniform()
    {
        const int draws = 100_000, cells = 100;
        var hash = CoinKey.FromSeed(1).Decisions(Fashion);
        var counts = new int[cells];
        for (var i = 0; i < draws; i++)
        {
            counts[(int)(StableHash.ToUniform(hash.Of($"prediction-{i}")) * cells)]++;
        }

        const double expected = (double)draws / cells;
        var chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);

        // 99 degrees of freedom: 0.1 % lie above 148, 0.1 % below 61.
        chiSquare.ShouldBeInRange(61, 148);
    }

    [Fact]
    public void Models_versions_and_purposes_have_keys_of_their_own()
    {
        var key = CoinKey.FromSeed(3);
        ulong[] hashes =
        [
            key.Decisions(new ModelKey("ab", "c")).Of("p"),
            key.Decisions(new ModelKey("a", "bc")).Of("p"),
            key.Decisions(new ModelKey("ab", "d")).Of("p"),
            key.Folds(new ModelKey("ab", "c")).Of("p"),
            CoinKey.FromSeed(4).Decisions(new ModelKey("ab", "c")).Of("p"),
        ];

        hashes.ShouldBeUnique();
    }

    [Fact]
    public void The_secret_is_not_part_of_the_text_and_has_32_bytes()
    {
        new CoinKey(new byte[CoinKey.Bytes]).ToString().ShouldBe(nameof(CoinKey));
        Should.Throw<ArgumentException>(() => new CoinKey(new byte[16])).Message.ShouldContain("16 bytes; it must have 32");
    }

    /// <summary>60 % of the predictions are right. The client gives every wrong one an id that a key which it can compute would not choose, and every right
    /// one an id that the key would choose.</summary>
    [Theory]
    [InlineData(true, 0.99, 1)]
    [InlineData(false, 0.5, 0.7)]
    public void A_client_that_chooses_ids_chooses_its_labels_only_if_it_knows_the_key(bool knowsTheKey, double lowest, double highest)
    {
        var secret = CoinKey.FromSeed(0xC0FFEE);
        var guess = (knowsTheKey ? secret : CoinKey.FromSeed(0)).Decisions(Fashion);
        var sampler = new Sampler(
            new SamplerOptions { Policy = SamplingPolicy.Uniform, Budget = 0.02, MaxRequestsPerHour = int.MaxValue, Coin = secret }, Fashion);
        var (labels, right, next) = (0, 0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var correct = i % 5 < 3;
            string id;
            do
            {
                id = $"p{next++}";
            }
            while (StableHash.ToUniform(guess.Of(id)) < 0.1 != correct);

            if (sampler.Decide(id, 0.9, DateTimeOffset.UnixEpoch).Selected)
            {
                labels++;
                right += correct ? 1 : 0;
            }
        }

        labels.ShouldBeGreaterThan(200);
        ((double)right / labels).ShouldBeInRange(lowest, highest);
    }
}
