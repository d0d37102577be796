"""Clients that are made to be shared, and made for each call."""

import asyncio
import contextlib
import functools
import urllib.request

import aiohttp
import boto3
import grpc
import httpx
import openai
import pandas as pd
import redis
import requests
from aiohttp import ClientSession
from pymongo import MongoClient
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from proto import GreeterStub

_session = requests.Session()  # ok: one for the process
_client = None


async def fetch(url):
    session = aiohttp.ClientSession()  # leak: client-per-call
    response = await session.get(url)
    return await response.text()


async def fetch_imported(url):
    session = ClientSession()  # leak: client-per-call
    return await session.get(url)


def get(url):
    client = httpx.Client(timeout=5)  # leak: client-per-call
    return client.get(url).json()


async def get_later(url):
    return await httpx.AsyncClient().get(url)  # leak: client-per-call


def handler(event, context):
    s3 = boto3.client("s3")  # leak: client-per-call
    return s3.list_buckets()


def upload(path):
    boto3.resource("s3").Bucket("b").upload_file(path, path)  # leak: client-per-call low


def crawl(urls):
    for url in urls:
        session = requests.Session()  # leak: client-per-call
        print(session.get(url).text)


def query(statement):
    engine = create_engine("postgresql://")  # leak: client-per-call
    with engine.connect() as connection:
        return connection.execute(statement).fetchall()


def orm(user):
    engine = create_engine("postgresql://")  # leak: client-per-call
    session = sessionmaker(bind=engine)()
    return session.get(user)


def table(statement):
    engine = create_engine("postgresql://")  # leak: client-per-call
    return pd.read_sql(statement, engine)


def count(name):
    client = MongoClient("mongodb://localhost")  # leak: client-per-call
    return client.db[name].count_documents({})


def hit(request):
    redis.Redis(host="localhost").incr(request.path)  # leak: client-per-call


def greet(name):
    channel = grpc.insecure_channel("localhost:50051")  # leak: client-per-call
    stub = GreeterStub(channel)
    return stub.SayHello(name)


def answer(prompt):
    client = openai.OpenAI()  # leak: client-per-call low
    return client.responses.create(input=prompt)


def run(coroutine):
    loop = asyncio.new_event_loop()  # leak: client-per-call
    return loop.run_until_complete(coroutine)


def open_page(url):
    opener = urllib.request.build_opener()  # leak: client-per-call low
    return opener.open(url).read()


class View:
    def get(self, request):
        dynamo = boto3.Session().resource("dynamodb")  # leak: client-per-call
        return dynamo.tables.all()


async def managed(url):
    async with aiohttp.ClientSession() as session:  # ok: async with
        return await session.get(url)


def stacked(url):
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(httpx.Client())  # ok: on an exit stack
        return client.get(url)


def closed(url):
    client = httpx.Client()  # ok: closed
    try:
        return client.get(url)
    finally:
        client.close()


def disposed(statement):
    engine = create_engine("sqlite://")  # ok: disposed of
    rows = pd.read_sql(statement, engine)
    engine.dispose()
    return rows


def make_client():
    return boto3.client("s3")  # ok: the caller's


@functools.lru_cache(maxsize=1)
def cached_client():
    client = boto3.client("s3")  # ok: the result is cached
    client.meta.events.unregister("x")
    return client.list_buckets()


def shared():
    global _client
    if _client is None:
        _client = httpx.Client()  # ok: one for the process
    return _client


class Service:
    def __init__(self, url):
        self.session = requests.Session()  # ok: kept by the service

    def handle(self, request, client):
        return client(httpx.Client())  # ok: handed on


def main():
    session = requests.Session()  # ok: runs once
    print(session.get("https://example.com"))


if __name__ == "__main__":
    client = boto3.client("s3")  # ok: a script
    client.list_buckets()
