-- Zhiyun's account and database, once, on the primary. For psql, with the password in its environment.
\getenv password ZHIYUN_PASSWORD
create role zhiyun login password :'password';
create database zhiyun owner zhiyun encoding 'UTF8' locale 'C' template template0;
