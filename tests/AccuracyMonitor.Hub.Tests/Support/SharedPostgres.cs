namespace AccuracyMonitor.Hub.Tests.Support;

[CollectionDefinition(nameof(Postgres))]
public sealed class SharedPostgres : ICollectionFixture<Postgres>;
