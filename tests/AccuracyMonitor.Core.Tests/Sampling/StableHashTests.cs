using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class StableHashTests
{
    private static readonly ModelKey Fashion = new("fashion", "1");

    // From the reference implementation (libxxhash 0.8) over the UTF-16 little-endian bytes. They may only be added to: recorded decisions are
    // checked against them.
    [Theory]
    [InlineData("", 0xef46db3751d8e999, 0x98b1582b0977e704)]
    [InlineData("a", 0xe513e02c99167f96, 0xc899c88b07bb8e84)]
    [InlineData("ab", 0x2b4d0fc9e4bf29e2, 0x616b7c9a2ae8d9d8)]
    [InlineData("abc", 0xaff0f2a2f8b32731, 0x1f7472082943dcac)]
    [InlineData("abcd", 0xad9338b32cda24c1, 0xa42fc6400d7719c0)]
    [InlineData("prediction-1", 0xe715a8363ba3fe65, 0x99519433580832c2)]
    [InlineData("0123456789abcdef", 0x65915d1b2958d2ef, 0xabab6458ff55a8c4)]
    [InlineData("0123456789abcdefg", 0x76bf838ed8194664, 0xadceafc626d27c97)]
    [InlineData("a prediction id of more than thirty-two characters, \u00e9\u4e2d", 0x130cbe50ce9967ee, 0xaa3dfafafe311e59)]
    public void The_hash_is_xxh64(string text, ulong unseeded, ulong seeded)
    {
        StableHash.Of(text).ShouldBe(unseeded);
        StableHash.Of(text, 42).ShouldBe(seeded);
    }

    [Theory]
    [InlineData(0ul, "fashion", "1", "p-1", 0.942140343055276)]
    [InlineData(0ul, "fashion", "1", "p-2", 0.7464635603938669)]
    [InlineData(0ul, "fashion", "2", "p-1", 0.5514248854302094)]
    [InlineData(7ul, "fashion", "1", "p-1", 0.380261839774761)]
    [InlineData(0ul, "fashion1", "", "p-1", 0.8520321943691205)]
    [InlineData(ulong.MaxValue, "m", "v", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", 0.7627665325574473)]
    public void The_coin_is_the_same_on_every_machine(ulong seed, string model, string version, string id, double expected) =>
        SamplingCoin.Uniform(seed, new ModelKey(model, version), id).ShouldBe(expected);

    [Fact]
    public void Coins_of_consecutive_ids_are_uniform()
    {
        const int draws = 100_000, cells = 100;
        var counts = new int[cells];
        for (var i = 0; i < draws; i++)
        {
            counts[(int)(SamplingCoin.Uniform(1, Fashion, $"prediction-{i}") * cells)]++;
        }

        const double expected = (double)draws / cells;
        var chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);

        // 99 degrees of freedom: 0.1 % lie above 148, 0.1 % below 61.
        chiSquare.ShouldBeInRange(61, 148);
    }
}
