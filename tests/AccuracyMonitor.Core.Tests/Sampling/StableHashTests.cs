using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class StableHashTests
{
    // From the reference implementation (libxxhash 0.8) over the UTF-16 little-endian bytes.
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
}
